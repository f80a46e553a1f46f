import Foundation
import Jobs

/// A schedule as programs read it.
struct ScheduleFacts: Encodable {
    let name: String
    let cron: String
    let zone: String
    let kind: String
    let queue: String
    let isPaused: Bool
    let misfire: String
    let maximumLatenessSeconds: Int?
    let dstGap: String
    let dstOverlap: String
    let calendar: String?
    let onHoliday: String?
    let nextDue: Date?
    let decidedUntil: Date

    init(_ entry: ScheduleEntry) {
        let schedule = entry.schedule
        name = schedule.name
        cron = schedule.cron
        zone = schedule.zone
        kind = schedule.kind
        queue = schedule.queue
        isPaused = schedule.isPaused
        misfire = schedule.misfire.description
        maximumLatenessSeconds = schedule.maximumLateness.map { Int($0.components.seconds) }
        dstGap = schedule.dstGap.rawValue
        dstOverlap = schedule.dstOverlap.rawValue
        calendar = schedule.calendar?.name
        onHoliday = schedule.calendar?.onHoliday.rawValue
        nextDue = entry.nextDue
        decidedUntil = entry.decidedUntil
    }
}

extension ScheduleEntry {
    /// When it is next due by its own clock, or why it is not.
    var next: String {
        let zone = TimeZone(identifier: schedule.zone) ?? .gmt
        return nextDue?.local(in: zone) ?? (schedule.isPaused ? "paused" : "never")
    }
}
