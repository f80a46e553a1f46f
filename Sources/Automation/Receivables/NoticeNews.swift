import Domain
import Foundation
import Postgres
import Store

/// What the house is told of a notice that changed while somebody had it in hand, or thought it done.
enum NoticeNews {
    private static let subjectKind = "notice-news"

    /// Who was asked to take it to its customer leaves it: nothing of it is asked for any more.
    ///
    /// - Parameter reason: a stable code
    static func isOver(_ notice: Int, because reason: String, at now: Date, in db: isolated Connection) throws {
        let dispatch = try NoticeDispatch.current(at: now, in: db)
        let head = try NoticePaper.one(notice, in: db).head
        try tell(try dispatch.people(for: head, in: db), of: head, in: db) { words, what in
            (
                "\(words.over): \(what)",
                "\(words.leave) (\(reason))\n\(words.out): ltc dunning confirm \(head.id) --on DAY"
            )
        }
    }

    /// More is owed than was approved or proposed, so that it waits again.
    static func isProposedAgain(_ notice: Int, at now: Date, in db: isolated Connection) throws {
        let head = try NoticePaper.one(notice, in: db).head
        let finance = try DirectoryStore.load(asOf: now, in: db).finance(of: head.team)
        let isInHand = try db.one(DunningSQL.IsInHand(notice: notice)).isInHand
        try tell(finance, of: head, in: db) { words, what in
            (
                "\(words.again): \(what)",
                words.more + (isInHand ? "\n\(words.before) \(words.out): ltc dunning confirm \(head.id) --on DAY" : "")
                    + "\n----\nltc dunning show \(head.id)\nltc dunning approve \(head.id)"
            )
        }
    }

    private static func tell(
        _ members: [Member], of head: NoticeHead, in db: isolated Connection,
        _ write: (Words, String) -> (subject: String, body: String)
    ) throws {
        let messages = try members.compactMap { member -> OutgoingMessage? in
            guard let email = member.email else { return nil }
            let (subject, body) = write(
                member.language.hasPrefix("zh") ? .chinese : .english,
                try DunningTask(head, language: member.language).subject)
            return OutgoingMessage(
                kind: .reminder, team: head.team, subjectKind: subjectKind, subjectID: head.id, member: member.id,
                recipient: email, subject: subject, body: body + "\n", language: member.language)
        }
        try Outbox.post(messages, in: db)
    }

    private struct Words {
        let over, leave, out, again, more, before: String

        static let english = Words(
            over: "Not any more",
            leave: "Nothing of this is asked for any more: if it has not gone out, leave it.",
            out: "If it has gone out", again: "Waits for approval again",
            more: "More is owed than when it was looked at.",
            before: "The one that was handed out before does not count any more if it has not gone out.")
        static let chinese = Words(
            over: "不再需要", leave: "本通知所催款项已无需催收：如尚未发出，请勿再发。", out: "如已发出，请执行", again: "需重新审批",
            more: "应收金额高于此前所见的金额。", before: "此前交付的版本如尚未发出，即作废。")
    }
}
