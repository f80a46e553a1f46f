import Delivery
import Domain
import Foundation
import Postgres
import Store

/// A customer answers a dunning mail: finance is told, and sees to what it means.
enum NoticeReply {
    /// In the transaction that notes the reply with the mail.
    static func tell(_ echo: Echo, about message: QueuedMessage, at now: Date, in db: isolated Connection) throws {
        guard case .reply(let words) = echo.kind else { return }
        try Outbox.post(
            DirectoryStore.load(asOf: now, in: db).finance(of: message.teamId).compactMap { member in
                guard let email = member.email else { return nil }
                let isChinese = member.language.hasPrefix("zh")
                let next = [
                    "ltc dunning show \(message.subjectId)",
                    "ltc dunning dispute INVOICE --amount A --reason R --owner M --until DAY",
                    "ltc dunning promise INVOICE --amount A --on DAY",
                ]
                return OutgoingMessage(
                    kind: .reminder, team: message.teamId, subjectKind: "notice-reply", subjectID: message.subjectId,
                    member: member.id, recipient: email,
                    subject: isChinese ? "客户回复：\(message.subject)" : "A customer answers: \(message.subject)",
                    body: "\(isChinese ? "发件人" : "From"): \(echo.from)\n\n\(words)\n\n----\n"
                        + next.joined(separator: "\n") + "\n",
                    language: member.language)
            }, in: db)
    }
}
