package import Domain

/// What a banking app reads from a payment QR code to fill in a SEPA credit transfer: EPC069-12, version 002.
package struct CreditTransferCode: Sendable, Hashable {
    package let text: String

    /// Nil for what the guideline does not allow: another currency than the euro, less than 0.01 or more than
    /// 999,999,999.99.
    package init?(payee: String, iban: String, bic: String?, amount: Money, reference: CreditorReference) {
        guard amount.currency.code == "EUR", (1...99_999_999_999).contains(amount.minor) else { return nil }
        // The guideline ends a name after 70 characters. A line feed would begin the next field.
        let name = payee.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(70)
        let account = iban.filter { !$0.isWhitespace }
        text = [
            "BCD", "002", "1", "SCT", bic ?? "", String(name), account, "EUR\(amount.amount)", "", reference.text,
        ].joined(separator: "\n")
    }
}
