package import Foundation
package import Jobs
package import Logging
package import Postgres
import Store

/// Sends one message: looks again whether it may go, hands it to the server of its channel, writes down what became of it.
///
/// The row says `sending` from before the first byte until the outcome is stored. Whoever finds it so has taken over
/// from a daemon that died in between, and treats it as uncertain.
package struct DeliverMessage: Sendable {
    private let carrier: any MessageCarrier
    /// Where business time stands still; nil is the machine's.
    private let asOf: Date?
    private let pool: Pool
    private let logger: Logger

    /// - Parameter asOf: where business time stands still; nil is the machine's.
    package init(by carrier: some MessageCarrier, asOf: Date? = nil, pool: Pool, logger: Logger) {
        self.carrier = carrier
        self.asOf = asOf
        self.pool = pool
        self.logger = logger
    }

    package var handler: Handler {
        .leased(carrier.channel.jobKind, timeout: .seconds(600)) { job, context in
            let arguments = try JSONDecoder().decode(Arguments.self, from: Data(job.arguments.utf8))
            try await deliver(arguments.message, job, context)
        }
    }

    private struct Arguments: Decodable {
        let message: Int
    }

    private var now: Date { asOf ?? Date() }

    private func deliver(_ id: Int, _ job: Job, _ context: LeasedContext) async throws {
        let message: QueuedMessage
        let send: Parcel.Send
        let beginning = try await pool.transaction { [carrier, now, asOf] db in
            try asOf.map { try Self.waitForDay(id, at: $0, in: db) }
            return try Self.begin(id, by: carrier, at: now, in: db)
        }
        switch beginning {
        case .nothingToSend: return
        case .paused: return try await context.complete { db in try Self.leaveToResume(in: db) }
        case .waits(let day): throw JobError.snooze(until: Date().addingTimeInterval(day.timeIntervalSince(now)))
        case .send(let taken, let packed): (message, send) = (taken, packed)
        }
        let outcome = await send()
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
        try await context.complete { [now] db in
            try Self.settle(message, next.state, reason: next.reason, answer: next.answer, at: now, in: db)
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
        case waits(until: Date)
        case send(QueuedMessage, Parcel.Send)
    }

    /// Where business time stands still, the job's own time says nothing about the day for which its message waits.
    private static func waitForDay(_ id: Int, at now: Date, in db: isolated Connection) throws {
        guard let day = try db.first(MessagesSQL.Take(id: id))?.notBefore, day > now else { return }
        throw JobError.snooze(until: Date().addingTimeInterval(day.timeIntervalSince(now)))
    }

    /// The job ends and resuming makes a new one; unless it was resumed just now, which then saw this job alive.
    private static func leaveToResume(in db: isolated Connection) throws {
        if try db.first(MessagesSQL.SwitchStays(name: OutboundSwitch.name))?.isOn ?? true {
            throw JobError.retry(after: .zero, reason: "resumed")
        }
    }

    private static func begin(
        _ id: Int, by carrier: any MessageCarrier, at now: Date, in db: isolated Connection
    ) throws -> Beginning {
        guard let message = try db.first(MessagesSQL.Take(id: id)), ["queued", "sending"].contains(message.state),
            message.channel == carrier.channel.rawValue
        else { return .nothingToSend }
        guard try OutboundSwitch.isOn(in: db) else { return .paused }
        let hooks = DeliveryHooks.of(subjectKind: message.subjectKind)
        if message.state == "sending", !hooks.repeatsUncertain {
            try settle(message, .uncertain, reason: "daemon_died_while_sending", at: now, in: db)
            return .nothingToSend
        }
        switch try hooks.gate(message, now, db) {
        case .send: break
        case .hold(let reason, let words):
            try settle(message, .held, reason: reason, answer: words, at: now, in: db)
            return .nothingToSend
        case .wait(let day):
            try db.execute(MessagesSQL.Delay(messages: [id], notBefore: day))
            return .waits(until: day)
        case .cancel(let reason):
            try settle(message, .cancelled, reason: reason, at: now, in: db)
            return .nothingToSend
        }
        // The gate may have written the text.
        let taken = try db.one(MessagesSQL.Take(id: id))
        switch try carrier.pack(taken, in: db) {
        case .ready(let send):
            try db.execute(MessagesSQL.BeginSending(id: id))
            return .send(taken, send)
        case .settled(let fate, let reason, let answer):
            try settle(taken, fate, reason: reason, answer: answer, at: now, in: db)
            return .nothingToSend
        }
    }

    static func settle(
        _ message: QueuedMessage, _ fate: DeliveryHooks.Fate, reason: String?, answer: String? = nil,
        at now: Date, in db: isolated Connection
    ) throws {
        try db.execute(MessagesSQL.Settle(id: message.id, state: fate.rawValue, reason: reason, answer: answer))
        try DeliveryHooks.of(subjectKind: message.subjectKind).settled(message, fate, reason, now, db)
    }
}
