package import Delivery
import Domain
import Foundation
package import Jobs
package import Logging
package import Postgres
import Store

/// Sends one message: looks again whether it may go, hands it to the mail server, writes down what became of it.
///
/// The row says `sending` from before the first byte until the outcome is stored. Whoever finds it so has taken over
/// from a daemon that died in between, and treats it as uncertain.
package struct DeliverMessage: Sendable {
    private let transport: SMTPTransport
    private let sender: MailAddress
    /// Where everything goes instead, when it is redirected.
    private let redirection: MailAddress?
    /// Where members answer; nil when they cannot.
    private let replies: ReplyAddress?
    private let pool: Pool
    private let logger: Logger

    package init(
        transport: SMTPTransport, sender: MailAddress, redirection: MailAddress? = nil, replies: ReplyAddress? = nil,
        pool: Pool, logger: Logger
    ) {
        self.transport = transport
        self.sender = sender
        self.redirection = redirection
        self.replies = replies
        self.pool = pool
        self.logger = logger
    }

    package var handler: Handler {
        .leased(Outbox.jobKind, timeout: .seconds(600)) { job, context in
            let arguments = try JSONDecoder().decode(Arguments.self, from: Data(job.arguments.utf8))
            try await deliver(arguments.message, job, context)
        }
    }

    private struct Arguments: Decodable {
        let message: Int
    }

    private func deliver(_ id: Int, _ job: Job, _ context: LeasedContext) async throws {
        let (sender, replies) = (sender, replies)
        let message: QueuedMessage
        let mail: Mail
        let beginning = try await pool.transaction { db in try Self.begin(id, from: sender, replies, in: db) }
        switch beginning {
        case .nothingToSend: return
        case .paused: return try await context.complete { db in try Self.leaveToResume(in: db) }
        case .send(let taken, let composed): (message, mail) = (taken, composed)
        }
        let outcome = await transport.send(redirection.map { mail.redirected(to: $0) } ?? mail)
        let next = NextStep(
            outcome, repeatsUncertain: DeliveryHooks.of(subjectKind: message.subjectKind).repeatsUncertain,
            isLastTry: job.attempt >= job.maximumAttempts)
        if let pause = next.pause(afterAttempt: job.attempt) {
            try await pool.transaction { db in
                guard let now = try db.first(MessagesSQL.Take(id: id)), now.attempts == message.attempts + 1 else {
                    return
                }
                try db.execute(MessagesSQL.Settle(id: id, state: "queued", reason: next.reason, answer: next.answer))
            }
            report(next, of: message, job)
            throw JobError.retry(after: pause, reason: next.reason ?? "later")
        }
        try await context.complete { db in
            try Self.settle(message, next.state, reason: next.reason, answer: next.answer, in: db)
        }
        report(next, of: message, job)
    }

    private func report(_ next: NextStep, of message: QueuedMessage, _ job: Job) {
        var facts: Logger.Metadata = [
            "message": "\(message.id)", "kind": "\(message.kind)",
            "outcome": "\(next.isTriedAgain ? "later" : next.state.rawValue)",
            "attempt": "\(job.attempt)",
        ]
        if let reason = next.reason { facts["reason"] = "\(reason)" }
        logger.info("message tried", metadata: facts)
    }

    private enum Beginning: Sendable {
        case nothingToSend
        case paused
        case send(QueuedMessage, Mail)
    }

    /// The job ends and resuming makes a new one; unless it was resumed just now, which then saw this job alive.
    private static func leaveToResume(in db: isolated Connection) throws {
        if try db.first(MessagesSQL.SwitchStays(name: OutboundSwitch.name))?.isOn ?? true {
            throw JobError.retry(after: .zero, reason: "resumed")
        }
    }

    private static func begin(
        _ id: Int, from sender: MailAddress, _ replies: ReplyAddress?, in db: isolated Connection
    ) throws -> Beginning {
        guard let message = try db.first(MessagesSQL.Take(id: id)), ["queued", "sending"].contains(message.state)
        else { return .nothingToSend }
        guard try OutboundSwitch.isOn(in: db) else { return .paused }
        let hooks = DeliveryHooks.of(subjectKind: message.subjectKind)
        if message.state == "sending", !hooks.repeatsUncertain {
            try settle(message, .uncertain, reason: "daemon_died_while_sending", in: db)
            return .nothingToSend
        }
        switch try hooks.gate(message, db) {
        case .send: break
        case .hold(let reason):
            try settle(message, .held, reason: reason, in: db)
            return .nothingToSend
        case .cancel(let reason):
            try settle(message, .cancelled, reason: reason, in: db)
            return .nothingToSend
        }
        do {
            // The gate may have written the text.
            let message = try db.one(MessagesSQL.Take(id: id))
            let mail = try mail(
                message, from: sender, replies, files: db.run(MessagesSQL.Attachments(message: id)))
            try db.execute(MessagesSQL.BeginSending(id: id))
            return .send(message, mail)
        } catch let error as MailAddressError {
            try settle(message, .failed, reason: "bad_address", answer: "\(error)", in: db)
            return .nothingToSend
        }
    }

    static func settle(
        _ message: QueuedMessage, _ fate: DeliveryHooks.Fate, reason: String?, answer: String? = nil,
        in db: isolated Connection
    ) throws {
        try db.execute(MessagesSQL.Settle(id: message.id, state: fate.rawValue, reason: reason, answer: answer))
        try DeliveryHooks.of(subjectKind: message.subjectKind).settled(message, fate, reason, db)
    }

    private static func mail(
        _ message: QueuedMessage, from sender: MailAddress, _ replies: ReplyAddress?,
        files: [MessagesSQL.Attachments.Row]
    ) throws -> Mail {
        guard let messageID = MessageID(message.messageId) else {
            throw Problem(.defect, "bad_message_id", "message \(message.id) has no valid Message-ID")
        }
        guard let body = message.body else {
            throw Problem(.defect, "no_text", "nothing wrote the text of message \(message.id)")
        }
        var mail = Mail(
            messageID: messageID, date: message.createdAt, from: sender,
            to: [try MailAddress(message.recipient, name: message.recipientName)], subject: message.subject,
            body: body, language: message.language,
            attachments: files.map { file in
                MailAttachment(
                    name: LegalPack.plainName(of: file.name), kind: .init(mediaType: file.mediaType),
                    bytes: file.content)
            })
        mail.isAnswer = message.kind == OutgoingMessage.Kind.answer.rawValue
        if message.memberId != nil, let replies {
            mail.replyTo = try replies.address(of: message.id)
            let words = ReplyDesk.words(for: message)
            if !words.isEmpty {
                mail.body +=
                    message.language.hasPrefix("zh")
                    ? "\n回复本邮件即可，首行写：\(words)\n" : "\nReply with a first line of: \(words)\n"
            }
        }
        return mail
    }
}
