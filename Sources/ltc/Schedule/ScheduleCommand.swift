import ArgumentParser
import Automation
import Domain
import Foundation
import Jobs
import Postgres

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "What the clock starts, and when.",
        subcommands: [
            ScheduleList.self, ScheduleShow.self, SchedulePreview.self, ScheduleOccurrences.self, ScheduleRun.self,
            ScheduleBackfill.self, SchedulePause.self, ScheduleResume.self,
        ])

    /// - Throws: a `Problem` when there is none of this name.
    static func find(_ name: String, in db: isolated Connection) throws -> ScheduleEntry {
        let entries = try ScheduleBook.list(in: db)
        guard let entry = entries.first(where: { $0.schedule.name == name }) else { throw unknown(name) }
        return entry
    }

    static func unknown(_ name: String) -> Problem {
        Problem(.refused, "unknown_schedule", "there is no schedule '\(name)'", advice: "ltc schedule list")
    }
}

extension ScheduleEntry {
    /// The instant that a person means; a day begins at its midnight by the schedule's clock.
    ///
    /// - Parameter isEnd: what is meant is the end of the day
    func instant(of when: AsOf, isEnd: Bool = false) throws -> Date {
        switch when {
        case .instant(let instant): instant
        case .day(let day): try schedule.timeZone().instant(of: isEnd ? day.adding(days: 1) : day, minute: 0)
        }
    }
}

extension Date {
    /// By the wall clock of a zone with its offset from UTC: `2026-03-29 03:30 +02:00`.
    func local(in zone: TimeZone) -> String {
        let style = Date.ISO8601FormatStyle(timeZone: zone)
            .year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: false)
        let offset = zone.secondsFromGMT(for: self) / 60
        let clock = formatted(style).replacing("T", with: " ").dropLast(3)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(clock) \(offset < 0 ? "-" : "+")\(two(abs(offset) / 60)):\(two(abs(offset) % 60))"
    }
}
