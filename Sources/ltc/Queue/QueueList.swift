import ArgumentParser
import Domain
import Foundation
import Jobs
import Postgres
import Store

struct QueueList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "How many jobs of each kind stand where, and what holds them up.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    private struct Lane: Encodable {
        let queue: String
        let kind: String
        var ready = 0
        var waiting = 0
        var blocked = 0
        var running = 0
        var dead = 0
        /// How many seconds ago the oldest ready one was due.
        var oldestSeconds: Double?
    }

    private struct Body: Encodable {
        let queues: [Lane]
        let controls: [Control]
    }

    func run() async throws {
        let (counts, controls) = try await database.ask { db in
            let teams = Dictionary(uniqueKeysWithValues: try db.run(TeamsSQL.ListTeams()).map { ("\($0.id)", $0.code) })
            return (
                try JobStore.counts(in: db), try JobControls.list(in: db).map { try Control($0, teams: teams) }
            )
        }
        let lanes = Self.lanes(counts)
        var table = Table(
            ("queue", .left), ("kind", .left), ("ready", .right), ("waiting", .right), ("blocked", .right),
            ("running", .right), ("dead", .right), ("oldest ready", .right))
        for lane in lanes {
            table.add(
                lane.queue, lane.kind, "\(lane.ready)", "\(lane.waiting)", "\(lane.blocked)", "\(lane.running)",
                "\(lane.dead)", lane.oldestSeconds.map { "\(Int($0)) s" } ?? "")
        }
        try Answer("queue.list", Body(queues: lanes, controls: controls), table: table) {
            (lanes.isEmpty ? ["nothing stands in the queues"] : [table.description]).joined()
                + controls.map { "\n\($0.words)" }.joined()
        }
        .print(as: format)
    }

    private static func lanes(_ counts: [JobsStoreSQL.Counts.Row]) -> [Lane] {
        var lanes: [Lane] = []
        for row in counts {
            if lanes.last.map({ ($0.queue, $0.kind) != (row.queue, row.kind) }) ?? true {
                lanes.append(Lane(queue: row.queue, kind: row.kind))
            }
            let last = lanes.count - 1
            switch row.state {
            case "ready": (lanes[last].ready, lanes[last].oldestSeconds) = (row.jobs, max(0, row.oldestSeconds))
            case "waiting": lanes[last].waiting = row.jobs
            case "blocked": lanes[last].blocked = row.jobs
            case "leased": lanes[last].running = row.jobs
            default: lanes[last].dead = row.jobs
            }
        }
        return lanes
    }
}

/// A pause or a limit.
private struct Control: Encodable {
    let what: String
    let scope: String
    let name: String
    let concurrency: Int?
    let secondsEach: Double?
    let burst: Int?
    let hours: JSONValue?
    let calendar: String?
    let reason: String?
    let by: String
    let at: Date
    /// As it is stored.
    private let hoursText: String?

    private enum CodingKeys: CodingKey {
        case what, scope, name, concurrency, secondsEach, burst, hours, calendar, reason, by, at
    }

    /// - Parameter teams: codes by number.
    init(_ entry: JobControls.Entry, teams: [String: String]) throws {
        what = entry.what
        scope = entry.scope
        name = entry.scope == "team" ? teams[entry.name] ?? entry.name : entry.name
        concurrency = entry.maximum
        secondsEach = entry.intervalSeconds
        burst = entry.burst
        hours = try entry.hours.map { try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
        hoursText = entry.hours
        calendar = entry.calendar
        reason = entry.reason
        by = entry.changedBy
        at = entry.changedAt
    }

    var words: String {
        let whom = name.isEmpty ? scope : "\(scope) \(name)"
        let limits = [
            concurrency.map { "at most \($0) at a time" },
            secondsEach.map {
                "one each \($0.formatted(.number.precision(.significantDigits(1...4)))) s, \(burst ?? 1) at once"
            },
        ].compactMap { $0 }.joined(separator: ", ")
        let how =
            switch what {
            case "pause": "paused" + (reason.map { ": \($0)" } ?? "")
            case "window": "open \(hoursText ?? "")" + (calendar.map { ", on the days of \($0)" } ?? "")
            default: limits
            }
        return "\(whom): \(how) (\(by), \(at.ISO8601Format()))"
    }
}
