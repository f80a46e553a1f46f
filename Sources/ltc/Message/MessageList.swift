import ArgumentParser
import Automation
import Foundation
import Postgres
import Store

struct MessageList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Messages, newest first.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions

    @Option(help: "queued, sending, accepted, held, failed, bounced, uncertain or cancelled.")
    var state: String?

    @Option(help: "lead-assigned, reminder, escalation, renewal-alert, dunning-notice or digest.")
    var kind: String?

    @Option(help: "By which way they go.")
    var channel: MessageChannel?

    @Option(help: "At most so many.")
    var limit = 50

    private struct Body: Encodable {
        struct Entry: Encodable {
            let id: Int
            let channel: String
            let kind: String
            let team: String
            let recipient: String
            let subject: String
            let state: String
            let reason: String?
            let attempts: Int
            let createdAt: Date
        }
        let messages: [Entry]
    }

    func run() async throws {
        let query = MessagesSQL.List(
            state: state, kind: kind, channel: channel?.rawValue, team: team.team, maximum: limit)
        let rows = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { db in try db.run(query) }
        }
        var table = Table(
            ("id", .right), ("kind", .left), ("team", .left), ("state", .left), ("reason", .left), ("by", .left),
            ("to", .left), ("subject", .left))
        for row in rows {
            table.add(
                "\(row.id)", row.kind, row.team, row.state, row.reason ?? "", row.channel, row.recipient, row.subject)
        }
        let entries = rows.map { row in
            Body.Entry(
                id: row.id, channel: row.channel, kind: row.kind, team: row.team, recipient: row.recipient,
                subject: row.subject,
                state: row.state, reason: row.reason, attempts: row.attempts, createdAt: row.createdAt)
        }
        tellLimit(limit, rows.count)
        try Answer("message.list", Body(messages: entries), table: table).print(as: format)
    }
}

extension MessageChannel: ExpressibleByArgument {}
