package import Foundation
package import Postgres
package import Store

/// A message as it lies under lock while it is sent.
package typealias QueuedMessage = MessagesSQL.Take.Row

/// What the subject of a message says before each try to send it, and hears when its fate is known.
package struct DeliveryHooks: Sendable {
    package enum Verdict: Sendable, Hashable {
        case send
        /// Not sent, and not without a person; `reason` is a snake_case code, `words` say more.
        case hold(reason: String, words: String? = nil)
        /// Not today.
        case wait(until: Date)
        /// No longer wanted.
        case cancel(reason: String)
    }

    package enum Fate: String, Sendable {
        case accepted, held, cancelled, failed, bounced, uncertain
    }

    /// Whether a mail that may have arrived is sent once more; otherwise it waits for `ltc message resolve`.
    package var repeatsUncertain: Bool
    package var gate: @Sendable (QueuedMessage, _ now: Date, isolated Connection) throws -> Verdict
    /// In the transaction that records the fate.
    package var settled:
        @Sendable (QueuedMessage, Fate, _ reason: String?, _ now: Date, isolated Connection) throws -> Void

    package init(
        repeatsUncertain: Bool = true,
        gate: @escaping @Sendable (QueuedMessage, Date, isolated Connection) throws -> Verdict = { _, _, _ in .send },
        settled: @escaping @Sendable (QueuedMessage, Fate, String?, Date, isolated Connection) throws -> Void = {
            _, _, _, _, _ in
        }
    ) {
        self.repeatsUncertain = repeatsUncertain
        self.gate = gate
        self.settled = settled
    }

    /// By what the message is about.
    package static func of(subjectKind: String) -> DeliveryHooks {
        switch subjectKind {
        case "reminder": reminder
        case "run": ofRun
        case NoticePaper.mailed: notice
        case DunningTask.subjectKind: dunningTask
        case ReconciliationPost.subjectKind: reconciliation
        default: DeliveryHooks()
        }
    }

    /// What was answered meanwhile is not said.
    private static let reminder = DeliveryHooks(
        gate: { message, _, db in
            let isOpen = try db.first(FollowUpsSQL.IsOpen(id: message.subjectId))?.isOpen
            return isOpen == false ? .cancel(reason: "reminder_is_over") : .send
        },
        settled: { message, fate, _, _, db in
            if fate == .accepted { try db.execute(MessagesSQL.ReminderSent(id: message.subjectId)) }
        })

    /// Several reminders of one run in one mail; or a digest, which nothing hears of.
    private static let ofRun = DeliveryHooks(
        settled: { message, fate, _, _, db in
            guard fate == .accepted, let member = message.memberId else { return }
            try db.execute(MessagesSQL.RemindersSent(run: message.subjectId, member: member, kind: message.kind))
        })

    /// Nobody is asked to see to what is paid by now. Who posts a letter has it, and who hands a claim over its papers.
    private static let dunningTask = DeliveryHooks(gate: { message, now, db in
        let verdict = try LetterPress.attach(DunningGate.look(message, at: now, in: db), to: message, in: db)
        if verdict == .send { try db.execute(DunningSQL.HandPaper(notice: message.subjectId, at: now)) }
        return verdict
    })

    /// What was answered meanwhile is not asked; and nothing is asked twice by our fault.
    private static let reconciliation = DeliveryHooks(
        repeatsUncertain: false,
        gate: { message, _, db in try ReconciliationPost.look(message, in: db) },
        settled: { message, fate, reason, now, db in
            try ReconciliationPost.settled(message, fate, reason: reason, at: now, in: db)
        })

    /// A letter that threatens must not come twice by our fault.
    private static let notice = DeliveryHooks(
        repeatsUncertain: false,
        gate: { message, now, db in
            try LetterPress.attach(DunningGate.look(message, at: now, in: db), to: message, in: db)
        },
        settled: { message, fate, reason, now, db in
            try DunningGate.settled(message, fate, reason: reason, at: now, in: db)
        })
}
