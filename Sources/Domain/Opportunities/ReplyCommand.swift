/// What a member's reply to a message asks for: its first line that is not quoted, and nothing else on it.
package enum ReplyCommand: Sendable, Hashable {
    /// It is done, or was followed up.
    case done
    /// Again after so much working time.
    case snooze(WorkingSpan)
    /// Somebody else has to move first: again after so much working time, five days if nothing is said.
    case waiting(WorkingSpan)
    /// The lead is taken from the pool.
    case claim

    /// Nil for what is none of them, or a span that is nothing or longer than a quarter of a year.
    package init?(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(whereSeparator: \.isWhitespace) }
        guard let words = lines.first(where: { $0.first.map { !$0.hasPrefix(">") } ?? false }) else { return nil }
        let word = words[0].lowercased().trimmingPrefix { $0 == "*" }.prefix { $0.isLetter }
        let span: WorkingSpan?
        if words.count == 2 {
            guard let given = WorkingSpan(words[1].lowercased()), Self.isSensible(given) else { return nil }
            span = given
        } else {
            guard words.count == 1 else { return nil }
            span = nil
        }
        switch (word, span) {
        case ("done", nil), ("完成", nil), ("已完成", nil): self = .done
        case ("snooze", let span?), ("推迟", let span?): self = .snooze(span)
        case ("waiting", _), ("wait", _), ("等待", _): self = .waiting(span ?? Self.patience)
        case ("claim", nil), ("认领", nil): self = .claim
        default: return nil
        }
    }

    /// How long one waits for somebody else if nothing is said.
    package static let patience = WorkingSpan.days(5)

    /// More than nothing, and a quarter of a year at most.
    package static func isSensible(_ span: WorkingSpan) -> Bool {
        switch span {
        case .days(let days): (1...90).contains(days)
        case .seconds(let seconds): (60...90 * 86_400).contains(seconds)
        }
    }
}

extension ReplyCommand: CustomStringConvertible {
    package var description: String {
        switch self {
        case .done: "done"
        case .snooze(let span): "snooze \(span)"
        case .waiting(let span): "waiting \(span)"
        case .claim: "claim"
        }
    }
}
