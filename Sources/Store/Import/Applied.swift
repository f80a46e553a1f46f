package import Domain

/// What became of the staged rows of a file.
package struct Applied: Sendable {
    /// New here.
    package var taken = 0
    /// Here before, with other values.
    package var changed = 0
    /// Here before, and closed since a complete list has them no more; nil where the file is no such list.
    package var closed: Int?
    package var rejects: [RejectedLine] = []

    package init() {}
}

extension RejectedLine {
    /// A key that stands on an earlier line of the file.
    static func repeated(
        _ line: Int, _ column: String, _ value: String, firstLine: Int, advice: String? = nil
    ) -> RejectedLine {
        RejectedLine(
            line: line,
            Reject(
                .duplicateExternalID, column: column, value: value,
                "line \(firstLine) has the same \(column)" + (advice.map { "; \($0)" } ?? "")))
    }

    /// A reference to what is not here.
    /// - Parameter reason: the raw value of a `Reject.Reason`, as the statement names it
    static func unresolved(_ line: Int, _ reason: String, _ column: String, _ value: String?) throws -> RejectedLine {
        guard let reason = Reject.Reason(rawValue: reason) else {
            throw Problem(.defect, "unknown_reason", "a statement rejects rows for '\(reason)'")
        }
        return RejectedLine(line: line, Reject(reason, column: column, value: value, advice(for: reason)))
    }

    private static func advice(for reason: Reject.Reason) -> String {
        switch reason {
        case .unknownCustomer: "no customer has this number: import customers first"
        case .unknownMember: "no member has this code, and not exactly one this name: import members first"
        case .unknownTeam:
            "no team of the right kind has this code, or without one the owner does not sit in exactly one"
        case .otherTeam: "what is owed to a creditor is collected by its own finance team: leave it empty"
        case .unknownCreditor: "no creditor has this code, or without one there is not exactly one: ltc apply"
        case .unknownInvoice: "no invoice has this number: import it first, or in the same file"
        case .unknownContract: "no contract has this number: import contracts first"
        default: "nothing here has this key"
        }
    }

    /// A fact that is here already and says something else.
    static func differs(_ line: Int, _ column: String, _ value: String, _ text: String) -> RejectedLine {
        RejectedLine(line: line, Reject(.alreadyDiffers, column: column, value: value, text))
    }
}
