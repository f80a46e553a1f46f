import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres

struct ReminderAck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "It was followed up: nobody hears of it again, and the rules count from now on.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var reminders: ReminderArguments

    func run() async throws { try await reminders.answer(.done, "ack", database, format) }
}

struct ReminderSnooze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snooze", abstract: "Remind again later; the manager hears of it no earlier.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var reminders: ReminderArguments

    @Option(name: .customLong("for"), help: "Working time of whom it tells, such as 4h or 3d.")
    var span: WorkingSpan

    func run() async throws {
        try await reminders.answer(.again(after: span, reason: .snoozed), "snooze", database, format)
    }
}

struct ReminderWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Somebody else has to move first: remind again if they don't.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var reminders: ReminderArguments

    @Option(name: .customLong("for"), help: "Working time of whom it tells, such as 4h or 3d.")
    var span = ReplyCommand.patience

    func run() async throws {
        try await reminders.answer(.again(after: span, reason: .waiting), "wait", database, format)
    }
}

struct ReminderArguments: ParsableArguments {
    @Argument(help: "Ids of reminders: ltc reminder list.")
    var reminder: [Int]

    private struct Body: Encodable {
        let reminders: [ReminderDesk.Answered]
    }

    func answer(
        _ answer: ReminderDesk.Answer, _ verb: String, _ database: DatabaseOptions, _ format: FormatOptions
    ) async throws {
        let answered = try await database.withPool { [reminder] pool in
            try await pool.transaction { db in
                try ReminderDesk.answer(reminder, answer, actor: actor(), at: Date(), in: db)
            }
        }
        try Answer("reminder.\(verb)", Body(reminders: answered)) {
            answered.map {
                "reminder \($0.reminder) is \($0.state) (\($0.reason))"
                    + ($0.until.map { ", again at \($0.ISO8601Format())" } ?? "")
            }
            .joined(separator: "\n")
        }.print(as: format)
    }
}

extension WorkingSpan: ExpressibleByArgument {}
