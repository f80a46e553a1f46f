extension PaymentMatching {
    /// What to look invoices and notices up by: letters and digits alone, in capitals.
    ///
    /// - Returns: of the reference, and of the words of the payer's text.
    package static func keys(of payment: IncomingPayment) -> (reference: [String], words: [String]) {
        let words = words(of: payment.remittance)
        var references: [String] = []
        if let text = payment.structuredReference {
            references.append(CreditorReference(text).map { String($0.body) } ?? plain(text))
        }
        // A reference that stands among the words is one just as well.
        references += words.compactMap { CreditorReference($0).map { String($0.body) } }
        return (
            references.filter { !$0.isEmpty }.unique, words.map(plain).filter { $0.utf8.count > 1 }.unique
        )
    }

    /// Where in the payer's text a number of ours stands, signs between its letters and digits left aside; nil when it
    /// does not.
    package static func place(of number: String, in payment: IncomingPayment) -> Int? {
        let number = squeezed(number)
        let words = words(of: payment.remittance)
        return words.firstIndex { squeezed($0) == number }
    }

    /// It has the form of an ISO 11649 reference, but other check digits.
    static func isMistyped(_ text: String) -> Bool {
        let text = plain(text)
        return text.hasPrefix("RF") && (5...25).contains(text.utf8.count)
            && text.dropFirst(2).prefix(2).allSatisfy(\.isNumber) && CreditorReference(text) == nil
    }

    /// `INV-1/INV-2, 2026/0042` has `INV-1`, `INV-2`, `2026` and `0042`, and then what stands between blanks.
    private static func words(of text: String) -> [String] {
        let whole = text.split { $0.isWhitespace || ",;:()[]\"'".contains($0) }
        let parts = text.split { !$0.isLetter && !$0.isNumber && $0 != "-" }
        // The standard's longest text has 140 characters a line; whoever writes books names no invoices.
        return (parts + whole).prefix(500).map(String.init).unique
    }

    private static func plain(_ text: some StringProtocol) -> String {
        String(decoding: text.uppercased().utf8.filter { isLetterOrDigit($0) }, as: UTF8.self)
    }

    private static func squeezed(_ text: some StringProtocol) -> String {
        String(decoding: text.uppercased().utf8.filter { $0 >= 0x80 || isLetterOrDigit($0) }, as: UTF8.self)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
    }
}

extension [String] {
    fileprivate var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
