extension PaymentMatching {
    /// What to look invoices and notices up by: letters and digits alone, in capitals.
    ///
    /// - Returns: of the reference, and of the words of the payer's text.
    package static func keys(of payment: IncomingPayment) -> (reference: [String], words: [String]) {
        let words = words(of: payment.remittance).map(\.text).unique
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

    /// Where in a payer's text numbers of ours stand, signs between their letters and digits left aside; nil for those that do
    /// not. Of two that overlap, only one is meant.
    static func places(of numbers: [String], in text: String) -> [Int?] {
        let plain = numbers.map { squeezed($0) }
        let found = Set(plain)
        let meant = words(of: text).enumerated().filter { $0.element.isMeant(among: found) }
        let parts = Set(meant.flatMap(\.element.parts))
        var places: [String: Int] = [:]
        for (place, word) in meant.reversed() where !parts.contains(word.text) { places[squeezed(word.text)] = place }
        return plain.map { places[$0] }
    }

    /// Stands in many a text and means no invoice.
    static func isYear(_ number: String) -> Bool { Int(number).map { (1900...2099).contains($0) } == true }

    /// It has the form of an ISO 11649 reference, but other check digits.
    static func isMistyped(_ text: String) -> Bool {
        let text = plain(text)
        return text.hasPrefix("RF") && (5...25).contains(text.utf8.count)
            && text.dropFirst(2).prefix(2).allSatisfy(\.isNumber) && CreditorReference(text) == nil
    }

    private struct Word: Hashable {
        var text: String
        /// Words that are no numbers of ours where this is one.
        var parts: [String] = []
        /// This is none where that is a number of ours.
        var unless: String?

        func isMeant(among found: Set<String>) -> Bool {
            found.contains(squeezed(text)) && !(unless.map(found.contains) ?? false)
        }
    }

    /// `INV-1/INV-2, 2026/0042` has `INV-1`, `INV-2`, `2026` and `0042`, and then what stands between blanks.
    private static func words(of text: String) -> [Word] {
        let text = narrow(text)
        let whole = text.split { $0.isWhitespace || ",;:()[]\"'".contains($0) }
        var (parts, wholes): ([Word], [Word]) = ([], [])
        for token in whole {
            let texts = isDate(token) ? [] : token.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map(String.init)
            parts += texts.map { Word(text: $0) }
            wholes.append(Word(text: String(token), parts: texts.filter { $0.count < token.count }))
        }
        // Between Chinese words there are no blanks: 支付发票R2026-0035货款.
        let latin = text.split { !$0.isASCII || !$0.isLetter && !$0.isNumber && $0 != "-" }
            .filter { $0.contains(where: \.isLetter) && $0.contains(where: \.isNumber) }
        let words = parts + wholes + latin.map { Word(text: String($0)) }
        // The standard's longest text has 140 characters a line; whoever writes books names no invoices.
        return words.prefix(500).unique + joined(whole.prefix(500))
    }

    /// `12.03.2026`, `2026-03-12`: its parts are no numbers of ours.
    private static func isDate(_ token: Substring) -> Bool {
        let parts = token.split(omittingEmptySubsequences: false) { "./-".contains($0) }
        return parts.count == 3
            && parts.allSatisfy { (1...4).contains($0.count) && $0.allSatisfy { $0.isASCII && $0.isNumber } }
    }

    /// `RE 2026 0003`, `R2026 0003`, and a number that a line break parts after its hyphen. Where the first word is a number
    /// of ours by itself, nothing goes on: `INV-1 200 pieces` does not name `INV-1200`, nor `INV-1 2 pieces` `INV-12`.
    private static func joined(_ words: ArraySlice<Substring>) -> [Word] {
        words.indices.dropLast().flatMap { first -> [Word] in
            let head = words[first]
            let isOpen = head.last == "-" || head.allSatisfy { $0.isASCII && $0.isLetter }
            guard isOpen || head.first?.isLetter == true && head.last?.isNumber == true else { return [] }
            let digits = words[(first + 1)...].prefix(2).prefix {
                $0.first.map { $0.isASCII && $0.isNumber } == true && (isOpen || $0.count > 2)
            }
            var text = String(head)
            var parts = [text]
            return digits.map { next in
                text += next
                defer { parts += [String(next), text] }
                return Word(text: text, parts: parts + [String(next)], unless: isOpen ? nil : squeezed(head))
            }
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

extension Sequence where Element: Hashable {
    fileprivate var unique: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
