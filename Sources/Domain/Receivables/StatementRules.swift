/// Whether a bank's statement may be taken. Nothing of it is, when not all of it can be.
package enum StatementRules {
    package enum Verdict: Sendable, Hashable {
        case take
        /// The same statement was taken before.
        case alreadyImported
        case refuse(Reject)
    }

    /// - Parameters:
    ///   - isComplete: all of its entries could be read
    ///   - knownContent: the content key of the statement that is here under this account and id
    ///   - isOurs: the account belongs to a creditor of the company
    package static func judge(
        _ statement: BankStatement, isComplete: Bool, knownContent: String?, isOurs: Bool
    ) -> Verdict {
        guard isComplete else {
            return .refuse(
                Reject(
                    .incompleteStatement, column: "statement", value: statement.id,
                    "an entry of it cannot be taken, so nothing of it is: see the other lines"))
        }
        if let knownContent {
            guard knownContent != statement.contentKey else { return .alreadyImported }
            return .refuse(
                Reject(
                    .alreadyDiffers, column: "statement", value: statement.id,
                    "a statement of this account with this id is here and says something else"))
        }
        guard statement.differenceMinor == 0 else { return .refuse(unbalanced(statement)) }
        guard isOurs else {
            return .refuse(
                Reject(
                    .unknownAccount, column: "account", value: statement.account,
                    "no creditor, or more than one, has this IBAN: ltc apply, or --set creditor=CODE"))
        }
        return .take
    }

    private static func unbalanced(_ statement: BankStatement) -> Reject {
        func words(_ minor: Int128) -> String {
            Int(exactly: minor).map { Money(minor: $0, currency: statement.currency).amount } ?? "\(minor) minor units"
        }
        let should = Int128(statement.openingMinor) + statement.bookedMinor
        return Reject(
            .unbalanced, column: "statement", value: statement.id,
            "opening \(words(Int128(statement.openingMinor))) and entries of \(words(statement.bookedMinor)) make "
                + "\(words(should)), but closing is \(words(Int128(statement.closingMinor))): "
                + "\(words(statement.differenceMinor)) \(statement.currency) is not explained")
    }
}
