import Domain
package import Foundation
import Jobs
package import Postgres
import Store

/// A message that a decision comes to.
package struct OutgoingMessage: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case leadAssigned = "lead-assigned"
        case reminder
        case escalation
        case renewalAlert = "renewal-alert"
        case dunningNotice = "dunning-notice"
        case digest
        /// Asks a customer to confirm a balance, or a member to post the letter.
        case reconciliation
        /// To somebody whose reply could not be taken.
        case answer
    }

    package var kind: Kind
    package var team: Int
    /// What it is about: the row that hears what became of the message (`reminder`, `notice`, `lead`, `contract`, `run`).
    package var subjectKind: String
    package var subjectID: Int
    /// To whom, if it goes to a member.
    package var member: Int?
    /// To whom, if it goes to a customer.
    package var customer: Int?
    /// A mail address; what is none makes the message fail, not the decision.
    package var recipient: String
    package var subject: String
    /// UTF-8, lines ended by line feeds; nil when the gate of its subject writes it, before it is sent.
    package var body: String?
    package var language: String
    package var run: Int?
    /// Ids of the kept files (`ltc.artefacts`) that go with it.
    package var attachments: [Int]
    /// Not sent before; nil is at once.
    package var notBefore: Date?

    package init(
        kind: Kind, team: Int, subjectKind: String, subjectID: Int, member: Int? = nil, customer: Int? = nil,
        recipient: String, subject: String, body: String?, language: String = "en", run: Int? = nil,
        attachments: [Int] = []
    ) {
        self.kind = kind
        self.team = team
        self.subjectKind = subjectKind
        self.subjectID = subjectID
        self.member = member
        self.customer = customer
        self.recipient = recipient
        self.subject = subject
        self.body = body
        self.language = language
        self.run = run
        self.attachments = attachments
    }
}

/// The ways out of the house, each with its own jobs: what limits or stops one leaves the other alone.
package enum MessageChannel: String, Sendable, CaseIterable {
    case mail, webhook

    /// The kind of job that sends one message.
    package var jobKind: String {
        switch self {
        case .mail: "deliver-message"
        case .webhook: "deliver-webhook"
        }
    }

    /// As a row names it.
    init(_ text: String) throws {
        guard let channel = Self(rawValue: text) else {
            throw Problem(.defect, "unknown_channel", "the database says '\(text)', which is no way out of the house")
        }
        self = channel
    }
}

/// Where a use case leaves its messages; the daemon sends them after the commit, or never if there is none.
package enum Outbox {
    /// Stores messages and the jobs that send them, in the caller's transaction; those to members who have a webhook once
    /// more, for it.
    ///
    /// - Returns: the ids of the given messages, in order.
    @discardableResult
    package static func post(_ messages: [OutgoingMessage], in db: isolated Connection) throws -> [Int] {
        guard !messages.isEmpty else { return [] }
        let ids = try db.run(
            MessagesSQL.Post(
                kinds: messages.map(\.kind.rawValue), teams: messages.map(\.team),
                subjectKinds: messages.map(\.subjectKind), subjectIds: messages.map(\.subjectID),
                members: messages.map { $0.member ?? 0 }, customers: messages.map { $0.customer ?? 0 },
                recipients: messages.map(\.recipient), subjects: messages.map(\.subject),
                bodies: messages.map { $0.body ?? "" }, languages: messages.map(\.language),
                runs: messages.map { $0.run ?? 0 })
        ).map(\.id)
        let files = zip(ids, messages).flatMap { id, message in message.attachments.map { (id, $0) } }
        if !files.isEmpty {
            try db.execute(MessagesSQL.Attach(messages: files.map(\.0), artefacts: files.map(\.1)))
        }
        let delayed = Dictionary(grouping: zip(ids, messages).filter { $1.notBefore != nil }) { $1.notBefore }
        for (day, entries) in delayed {
            guard let day else { continue }
            try db.execute(MessagesSQL.Delay(messages: entries.map(\.0), notBefore: day))
        }
        try enqueue(zip(ids, messages).map { ($0, .mail, $1.notBefore) }, in: db)
        if messages.contains(where: { $0.member != nil && $0.body != nil }) {
            let posts = try db.run(MessagesSQL.PostToWebhooks(messages: ids))
            try enqueue(posts.map { ($0.id, .webhook, $0.notBefore) }, in: db)
        }
        return ids
    }

    /// Sees to it that everything that waits has a job; what has one keeps it.
    package static func enqueueWaiting(in db: isolated Connection) throws {
        try enqueue(
            try db.run(MessagesSQL.Waiting()).map { ($0.id, try MessageChannel($0.channel), $0.notBefore) }, in: db)
    }

    /// Where business time stands still: what waited for a day that has come by then is due, whatever the machine's clock says.
    package static func bringForward(to now: Date, in db: isolated Connection) throws {
        let due = try db.run(MessagesSQL.Waiting()).filter { $0.notBefore.map { $0 <= now } == true }
        try enqueue(due.map { ($0.id, try MessageChannel($0.channel), nil) }, conflict: .bringForward, in: db)
    }

    static func enqueue(
        _ messages: [(id: Int, channel: MessageChannel, notBefore: Date?)], conflict: Unique.Conflict = .keep,
        in db: isolated Connection
    ) throws {
        try JobQueue.enqueue(
            messages.map { id, channel, notBefore in
                // A server that is away for a long weekend is waited for.
                NewJob(
                    kind: channel.jobKind, arguments: "{\"message\": \(id)}",
                    unique: Unique("\(id)", onConflict: conflict), dueAt: notBefore,
                    maximumAttempts: 120)
            }, in: db)
    }
}
