/// Something that a person has to know and can mend: what is wrong, where, and what to do next.
package struct Problem: Error, Hashable, Sendable {
    /// How a command ends that meets it.
    package enum Kind: Int32, Sendable {
        /// A rule of the house says no.
        case refused = 1
        case usage = 2
        /// The input as a whole cannot be taken.
        case inputRefused = 65
        case databaseUnreachable = 69
        /// Our own fault.
        case defect = 70
    }

    package var kind: Kind
    /// A stable snake_case code.
    package var code: String
    package var what: String
    /// A file with line and column, a key, a value; nil when there is no such place.
    package var place: String?
    package var advice: String?

    package init(_ kind: Kind, _ code: String, _ what: String, place: String? = nil, advice: String? = nil) {
        self.kind = kind
        self.code = code
        self.what = what
        self.place = place
        self.advice = advice
    }

    /// The same, at a place around the one that it names.
    package func at(_ outer: String) -> Problem {
        var problem = self
        problem.place = place.map { "\(outer): \($0)" } ?? outer
        return problem
    }
}

extension Problem: CustomStringConvertible {
    /// `place: what` and, on a line of its own, the advice.
    package var description: String {
        (place.map { "\($0): " } ?? "") + what + (advice.map { "\n  → \($0)" } ?? "")
    }
}
