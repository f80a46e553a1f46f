import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres
import Store

struct MessageShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One message: its text, and what became of it.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The message's id.")
    var id: Int

    private struct Body: Encodable {
        /// A bounce, a delay or a reply.
        struct Echo: Encodable {
            let kind, sender, subject, body: String
            let receivedAt: Date
            /// What a member's reply asked for, and what became of it.
            let command, outcome: String?
        }
        let id: Int
        let messageId: String
        let channel: String
        let kind: String
        let team: String
        let about: String
        let recipient: String
        let subject: String
        let body: String
        let state: String
        let reason: String?
        let answer: String?
        let attempts: Int
        let run: Int?
        let createdAt: Date
        let acceptedAt: Date?
        let attachments: [String]
        let echoes: [Echo]
    }

    func run() async throws {
        let query = MessagesSQL.Show(id: id)
        let (row, text, echoes) = try await database.withPool { [id] pool in
            try await pool.transaction(.init(readOnly: true)) { db in
                guard let row = try db.first(query) else {
                    throw Problem(.refused, "no_such_message", "there is no message \(id)", advice: "ltc message list")
                }
                let text =
                    try row.body
                    ?? NoticeText.draft(
                        subjectKind: row.subjectKind, subject: row.subjectId, language: row.language, in: db)
                return (row, text ?? "", try db.run(EchoesSQL.OfMessage(message: id)))
            }
        }
        let body = Body(
            id: row.id, messageId: row.messageId, channel: row.channel, kind: row.kind, team: row.team,
            about: "\(row.subjectKind) \(row.subjectId)", recipient: row.recipient, subject: row.subject,
            body: text, state: row.state, reason: row.reason, answer: row.answer, attempts: row.attempts,
            run: row.runId, createdAt: row.createdAt, acceptedAt: row.acceptedAt, attachments: row.attachments,
            echoes: echoes.map {
                .init(
                    kind: $0.kind, sender: $0.sender, subject: $0.subject, body: $0.body, receivedAt: $0.receivedAt,
                    command: $0.command, outcome: $0.outcome)
            })
        try Answer("message.show", body) { Self.text(body) }.print(as: format)
    }

    private static func text(_ body: Body) -> String {
        var facts = [
            ("message", "\(body.id), \(body.kind) of \(body.team) about \(body.about)"),
            ("state", body.state + (body.reason.map { " (\($0))" } ?? "") + ", \(body.attempts) tries"),
            ("written", body.createdAt.ISO8601Format()),
        ]
        if let acceptedAt = body.acceptedAt { facts.append(("accepted", acceptedAt.ISO8601Format())) }
        if let answer = body.answer { facts.append(("answer", answer)) }
        facts += [
            ("to", body.recipient + (body.channel == "mail" ? "" : ", by \(body.channel)")), ("subject", body.subject),
        ]
        facts += body.attachments.map { ("attached", $0) }
        let head = facts.map { name, value in
            name + String(repeating: " ", count: 10 - name.count) + value + "\n"
        }
        let echoes = body.echoes.map { echo in
            "\n\(echo.kind) \(echo.receivedAt.ISO8601Format()), \(echo.sender): \(echo.subject)\n"
                + echo.body.split(separator: "\n").map { "    \($0)\n" }.joined()
        }
        return head.joined() + "\n" + body.body + echoes.joined()
    }
}
