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
        let text = narrow(text)
        let whole = text.split { $0.isWhitespace || ",;:()[]\"'".contains($0) }
        let parts = text.split { !$0.isLetter && !$0.isNumber && $0 != "-" }
        // Between Chinese words there are no blanks: 支付发票R2026-0035货款.
        let latin = text.split { !$0.isASCII || !$0.isLetter && !$0.isNumber && $0 != "-" }
            .filter { $0.contains(where: \.isLetter) && $0.contains(where: \.isNumber) }
        // The standard's longest text has 140 characters a line; whoever writes books names no invoices.
        return (parts + whole + latin).prefix(500).map(String.init).unique + joined(whole.prefix(500))
    }

    /// `RE 2026 0003`, and a number that a line break parts after its hyphen. Only letters by themselves, or what ends in a hyphen,
    /// are gone on with: `INV-1 2 pieces` does not name `INV-12`.
    private static func joined(_ words: ArraySlice<Substring>) -> [String] {
        words.indices.dropLast().flatMap { first -> [String] in
            let head = words[first]
            guard head.last == "-" || head.allSatisfy({ $0.isASCII && $0.isLetter }) else { return [] }
            let digits = words[(first + 1)...].prefix(2).prefix { $0.first.map { $0.isASCII && $0.isNumber } == true }
            return digits.indices.map { head + words[(first + 1)...$0].joined() }.map(String.init)
        }
    }

    /// Letters, digits and signs of full width, and the many hyphens, as they stand on other keyboards.
    private static func narrow(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        var narrow = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFF01...0xFF5E: narrow.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
            case 0x3000: narrow.append(" ")
            case 0x2010...0x2015, 0x2212: narrow.append("-")
            case 0xAD, 0x200B: break
            default: narrow.append(scalar)
            }
        }
        return String(narrow)
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
