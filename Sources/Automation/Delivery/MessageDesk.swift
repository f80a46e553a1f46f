import Domain
package import Foundation
package import Postgres
import Store

/// What a person decides about a message.
package enum MessageDesk {
    package enum Resolution: String, Sendable, CaseIterable {
        /// It did arrive.
        case arrived
        /// It did not: it is sent once more.
        case again
        /// It did not, and it shall not.
        case failed
    }

    /// A person says what became of it.
    static let byHand = "resolved_by_hand"

    /// Ends the doubt about an uncertain message.
    ///
    /// - Throws: a `Problem` for a message in another state, or for none.
    package static func resolve(
        _ id: Int, _ resolution: Resolution, at now: Date, in db: isolated Connection
    ) throws {
        let message = try take(id, in: db)
        guard message.state == "uncertain" else { throw refusal(message, "nothing is uncertain about it") }
        switch resolution {
        case .arrived:
            // From when its recipient has it, and not from when somebody found that out.
            let sent =
                message.subjectKind == NoticePaper.mailed
                ? try db.first(DunningSQL.UncertainSince(notice: message.subjectId))?.at : nil
            try DeliverMessage.settle(message, .accepted, reason: byHand, at: sent ?? now, in: db)
        case .failed: try DeliverMessage.settle(message, .failed, reason: byHand, at: now, in: db)
        case .again: try queueAgain(message, in: db)
        }
    }

    /// Tries a failed or held message once more; what looks before each send looks again.
    ///
    /// - Throws: a `Problem` for a message in another state, or for none.
    package static func retry(_ id: Int, in db: isolated Connection) throws {
        let message = try take(id, in: db)
        if message.subjectKind == "notice",
            let notice = try db.first(DunningSQL.LockNotice(notice: message.subjectId)),
            notice.channel != DunningChannel.mail.rawValue
        {
            throw Problem(
                .refused, "goes_another_way", "notice \(notice.id) goes by \(notice.channel) since its mail came back",
                advice: "ltc dunning show \(notice.id)")
        }
        guard ["failed", "held", "bounced", "queued"].contains(message.state) else {
            throw refusal(message, message.state == "uncertain" ? "somebody must know first whether it arrived" : nil)
        }
        try queueAgain(message, in: db)
    }

    private static func queueAgain(_ message: QueuedMessage, in db: isolated Connection) throws {
        try db.execute(MessagesSQL.Settle(id: message.id, state: "queued", reason: nil, answer: nil))
        try Outbox.enqueue([(message.id, MessageChannel(message.channel), nil)], in: db)
    }

    private static func take(_ id: Int, in db: isolated Connection) throws -> QueuedMessage {
        guard let message = try db.first(MessagesSQL.Take(id: id)) else {
            throw Problem(.refused, "no_such_message", "there is no message \(id)", advice: "ltc message list")
        }
        return message
    }

    private static func refusal(_ message: QueuedMessage, _ why: String?) -> Problem {
        Problem(
            .refused, "wrong_state", "message \(message.id) is \(message.state)" + (why.map { ": \($0)" } ?? ""),
            advice: message.state == "uncertain" ? "ltc message resolve \(message.id) arrived|again|failed" : nil)
    }
}
