package import Domain

/// What a banking app reads from a payment QR code to fill in a SEPA credit transfer: EPC069-12, version 002.
package struct CreditTransferCode: Sendable, Hashable {
    package let text: String

    /// Countries of SEPA by their IBAN (EPC409-09), of the European Economic Area and others.
    private static let economicArea = Set(
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split(
            separator: " "))
    private static let others = Set("AD AL CH GB GI MC MD ME MK RS SM VA".split(separator: " "))

    /// Nil for what the guideline does not allow: another currency than the euro, less than 0.01 or more than
    /// 999,999,999.99, an account outside of SEPA, or one outside of the Economic Area without a BIC.
    package init?(payee: String, iban: String, bic: String?, amount: Money, reference: CreditorReference) {
        guard amount.currency.code == "EUR", (1...99_999_999_999).contains(amount.minor) else { return nil }
        // The guideline ends a name after 70 characters. A line feed would begin the next field.
        let name = payee.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(70)
        let account = iban.filter { !$0.isWhitespace }
        let country = account.prefix(2)
        guard Self.economicArea.contains(country) || bic != nil && Self.others.contains(country) else { return nil }
        text = [
            "BCD", "002", "1", "SCT", bic ?? "", String(name), account, "EUR\(amount.amount)", "", reference.text,
        ].joined(separator: "\n")
    }
}
