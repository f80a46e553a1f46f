import Delivery

/// What an outcome means for the message.
struct NextStep: Sendable, Hashable {
    let state: DeliveryHooks.Fate
    /// A snake_case code.
    let reason: String?
    /// The server's words, for people.
    let answer: String?
    /// Not settled: it waits for its next try.
    let isTriedAgain: Bool
    /// What the server asks to wait at least.
    let patience: Duration

    init(_ outcome: DeliveryOutcome, repeatsUncertain: Bool, isLastTry: Bool) {
        patience = if case .refusedForNow(_, let after?) = outcome { min(after, .seconds(86_400)) } else { .zero }
        switch outcome {
        case .accepted(let reply):
            (state, reason, answer, isTriedAgain) = (.accepted, nil, reply.description, false)
        case .refused(let reply):
            let reason = reply.concernsSize ? Self.tooLarge : reply.concernsRecipient ? Self.noSuchAddress : "refused"
            (state, self.reason, answer, isTriedAgain) = (.failed, reason, reply.description, false)
        case .tooLarge(let size, let limit):
            (state, reason, isTriedAgain) = (.failed, Self.tooLarge, false)
            answer = "\(size) bytes, more than the \(limit) of smtp.maximum_bytes"
        case .refusedForNow(let reply, _):
            (state, reason, answer, isTriedAgain) = (.failed, "refused_for_now", reply.description, !isLastTry)
        case .unreachable(let why):
            (state, reason, answer, isTriedAgain) = (.failed, "unreachable", why, !isLastTry)
        case .uncertain(let why):
            (state, reason, answer) = (.uncertain, "uncertain", why)
            isTriedAgain = repeatsUncertain && !isLastTry
        }
    }

    /// The server knows no such mailbox, or it takes nothing any more.
    static let noSuchAddress = "no_such_address"
    /// Than we send, or than the server takes.
    static let tooLarge = "too_large"

    /// How long to wait for the next try: 15 seconds, doubled each time up to an hour; longer, a day at
    /// most, where the server asks for it. Nil when the message is settled.
    func pause(afterAttempt attempt: Int) -> Duration? {
        isTriedAgain ? max(patience, .seconds(min(3_600, 15 << min(attempt - 1, 8)))) : nil
    }
}
