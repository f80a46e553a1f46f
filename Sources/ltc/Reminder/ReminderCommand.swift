import ArgumentParser
import Foundation
import Postgres
import Store

struct ReminderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reminder", abstract: "Who was reminded of what.",
        subcommands: [ReminderList.self, ReminderAck.self, ReminderSnooze.self, ReminderWait.self])
}

struct ReminderList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Reminders and escalations, those due last first.")

    enum State: String, CaseIterable, ExpressibleByArgument {
        case due, sent, acknowledged, escalated, cancelled
    }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var limit: LimitOptions

    @Option(help: "Only those in this state: \(State.allCases.map(\.rawValue).joined(separator: ", ")).")
    var state: State?

    @Option(help: "Only those to this member (the code).")
    var member: String?

    private struct Body: Encodable {
        struct Reminder: Encodable {
            struct Subject: Encodable {
                let kind: String
                let id: Int
                let name: String
            }

            let reminder: Int
            let kind: String
            let subject: Subject
            let rule: String
            let member: String
            let team: String
            let dueAt: Date
            let state: String
            let reason: String?
        }

        let reminders: [Reminder]
    }

    func run() async throws {
        let query = LeadsSQL.ListReminders(
            state: state?.rawValue, team: team.team, member: member, maximum: limit.limit)
        let rows = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { db in try db.run(query) }
        }
        var table = Table(
            ("id", .right), ("kind", .left), ("subject", .left), ("name", .left), ("rule", .left), ("told", .left),
            ("due", .left), ("state", .left))
        for row in rows {
            table.add(
                "\(row.id)", row.kind, "\(row.subjectKind) \(row.subjectId)", row.name, row.rule, row.member,
                row.dueAt.ISO8601Format(), row.state + (row.reason.map { " (\($0))" } ?? ""))
        }
        let reminders = rows.map {
            Body.Reminder(
                reminder: $0.id, kind: $0.kind,
                subject: .init(kind: $0.subjectKind, id: $0.subjectId, name: $0.name), rule: $0.rule,
                member: $0.member, team: $0.team, dueAt: $0.dueAt, state: $0.state, reason: $0.reason)
        }
        try Answer("reminder.list", Body(reminders: reminders), table: table).print(as: format)
    }
}
