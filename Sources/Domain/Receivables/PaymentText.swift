/// A payer's text, read for numbers of ours: as people write them, on other keyboards, and broken by the line ends of banks.
struct PaymentText {
    private struct Word: Hashable {
        var text: String
        /// A date, a month or an amount: none of our numbers, unless one is written just so.
        var isExact = false
        /// Words of the same tokens that are no numbers of ours where this is one.
        var parts: [String] = []
        /// Where it stands.
        var tokens = 0..<0
        /// This is none where that is a number of ours.
        var unless: String?
    }

    /// What stands between blanks and commas.
    private let tokens: [String]
    private let words: [Word]

    init(_ text: String) {
        let text = Self.narrow(text)
        // The standard's longest text has 140 characters a line; whoever writes books names no invoices.
        let chunks = Self.withoutAmounts(
            Self.withoutAccounts(
                text.split { $0.isWhitespace || ";:()[]\"'".contains($0) }.prefix(500).map { $0 }))
        var (tokens, parts, wholes, latin): ([String], [Word], [Word], [Word]) = ([], [], [], [])
        for chunk in chunks {
            if Self.isAmount(chunk) {
                wholes.append(Word(text: String(chunk), isExact: true))
                continue
            }
            let first = tokens.count
            for token in chunk.split(separator: ",").map(String.init) where token.contains(where: Self.isPartOfWord) {
                let place = tokens.count..<tokens.count + 1
                tokens.append(token)
                guard !Self.isDay(token) else {
                    wholes.append(Word(text: token, isExact: true, tokens: place))
                    continue
                }
                let texts = token.split { !Self.isPartOfWord($0) && $0 != "-" }.map(String.init)
                parts += texts.flatMap { [Word(text: $0, tokens: place)] + Self.headed($0, place) }
                wholes.append(Word(text: token, parts: texts.filter { $0.count < token.count }, tokens: place))
            }
            latin += Self.between(chunk).map { Word(text: String($0), tokens: first..<tokens.count) }
        }
        self.tokens = tokens
        words = ((parts + wholes + latin.prefix(500)).prefix(1000) + Self.joined(tokens)).withoutRepetition
    }

    /// Between Chinese words there are no blanks: 支付发票R2026-0035货款.
    private static func between(_ chunk: Substring) -> [Substring] {
        chunk.split { !$0.isASCII || !isPartOfWord($0) && $0 != "-" }
            .filter { $0.contains(where: \.isLetter) && $0.contains(where: \.isNumber) } + numbers(in: chunk)
    }

    /// Long enough to be an invoice's, between Chinese words: 发票号12345678.
    private static func numbers(in chunk: Substring) -> [Substring] {
        guard chunk.contains(where: { !$0.isASCII && $0.isLetter }) else { return [] }
        return chunk.split { !$0.isASCII || !isPartOfWord($0) && !"-.,'".contains($0) }
            .filter { $0.count >= 6 && $0.allSatisfy(\.isNumber) }
    }

    private static let headings: Set = [
        "NR", "NO", "RE", "RG", "RENR", "RGNR", "RNR", "RECHNR", "RECHNUNG", "RECHNUNGSNR", "RECHNUNGSNUMMER", "BELEG",
        "BELEGNR",
        "FAKTURA",
        "INV", "INVNO", "INVOICE", "INVOICENO", "FACT", "FACTURE", "FACTURA", "FATTURA",
    ]

    /// Behind a word for it without a blank: RgNr12345678. Behind other letters it is another thing's, as of a customer.
    private static func headed(_ text: String, _ tokens: Range<Int>) -> [Word] {
        let heading = text.prefix { $0.isASCII && $0.isLetter }
        let number = text[heading.endIndex...]
        guard number.count >= 6, number.allSatisfy({ $0.isASCII && $0.isNumber }),
            headings.contains(heading.uppercased())
        else { return [] }
        return [Word(text: String(number), tokens: tokens, unless: squeezed(text))]
    }

    private static let currencies: Set = [
        "EUR", "USD", "GBP", "CHF", "CNY", "RMB", "JPY", "HKD", "€", "$", "£", "¥", "元",
    ]

    /// A whole amount beside its currency is no number of ours: EUR 100, 100€.
    private static func withoutAmounts(_ chunks: [Substring]) -> [Substring] {
        func isWhole(_ index: Int) -> Bool {
            chunks.indices.contains(index) && !chunks[index].isEmpty
                && chunks[index].allSatisfy { $0.isASCII && $0.isNumber || $0 == "," }
        }
        func isCurrency(_ index: Int) -> Bool {
            chunks.indices.contains(index) && currencies.contains(chunks[index].uppercased())
        }
        func isAmount(_ index: Int) -> Bool {
            guard isWhole(index) else {
                let digits = chunks[index].filter { !"€$£¥".contains($0) }
                return digits.count < chunks[index].count
                    && digits.allSatisfy { $0.isASCII && $0.isNumber || $0 == "," }
            }
            // A currency that has a number behind it belongs to that one.
            return isCurrency(index - 1) || isCurrency(index + 1) && !isWhole(index + 2)
        }
        return chunks.indices.filter { !isAmount($0) }.map { chunks[$0] }
    }

    /// Groups of an IBAN (ISO 13616) are numbers of no invoice.
    private static func withoutAccounts(_ chunks: [Substring]) -> [Substring] {
        var left: [Substring] = []
        var rest = chunks[...]
        while let head = rest.first {
            var account = ""
            var groups = 0
            if !head.uppercased().hasPrefix("RF"), head.count >= 4,
                head.prefix(2).allSatisfy({ $0.isASCII && $0.isLetter }),
                head.dropFirst(2).prefix(2).allSatisfy({ $0.isASCII && $0.isNumber })
            {
                for (index, group) in rest.prefix(9).enumerated() where account.count < 34 {
                    account += group.uppercased()
                    if CheckDigits.areRight(inIBAN: account) { groups = index + 1 }
                }
            }
            if groups == 0 { left.append(head) }
            rest = rest.dropFirst(max(1, groups))
        }
        return left
    }

    /// Letters and digits of all words, in capitals: what to look numbers of ours up by.
    var keys: [String] { words.map { Self.plain($0.text) }.filter { $0.utf8.count > 1 }.withoutRepetition }

    /// The references of ISO 11649 in it whose check digits are right, in one word or in groups of four.
    var references: [CreditorReference] {
        tokens.indices.compactMap { first in
            guard tokens[first].uppercased().hasPrefix("RF") else { return nil }
            if tokens[first].count > 4 { return CreditorReference(tokens[first]) }
            let groups = tokens[first...].prefix(7)
            let last = groups.indices.prefix { $0 == first || groups[$0 - 1].count == 4 && groups[$0].count <= 4 }
            return last.reversed().lazy.compactMap { CreditorReference(groups[first...$0].joined()) }.first
        }
    }

    /// Whether it is worth looking for one.
    static func mayHaveReference(_ text: String) -> Bool { text.uppercased().contains("RF") }

    /// A word has the form of such a reference, but other check digits.
    var hasMistypedReference: Bool { references.isEmpty && tokens.contains { $0.count > 6 && Self.isMistyped($0) } }

    /// Where numbers of ours stand, signs between their letters and digits left aside; nil for those that do not. Of two that
    /// overlap, only one is meant.
    func places(of numbers: [String]) -> [Int?] {
        let keys = numbers.map { Self.squeezed($0) }
        let exact = Set(numbers.map { Self.narrow($0).uppercased() })
        let found = Set(keys)
        let meant = words.enumerated().filter { _, word in
            found.contains(Self.squeezed(word.text)) && !(word.unless.map(found.contains) ?? false)
                && (!word.isExact || exact.contains(word.text.uppercased()))
        }
        let wider = meant.map(\.element).filter { !$0.parts.isEmpty }
        var places: [String: Int] = [:]
        for (place, word) in meant.reversed()
        where !wider.contains(where: { $0.tokens.overlaps(word.tokens) && $0.parts.contains(word.text) }) {
            places[Self.squeezed(word.text)] = place
        }
        return keys.map { places[$0] }
    }

    /// It has the form of an ISO 11649 reference, but other check digits.
    static func isMistyped(_ text: String) -> Bool {
        let text = plain(text)
        return text.hasPrefix("RF") && (5...25).contains(text.utf8.count)
            && text.dropFirst(2).prefix(2).allSatisfy(\.isNumber) && CreditorReference(text) == nil
    }

    /// Stands in many a text and means no invoice.
    static func isYear(_ number: String) -> Bool { Int(number).map { (1900...2099).contains($0) } == true }

    static func plain(_ text: some StringProtocol) -> String {
        String(decoding: text.uppercased().utf8.filter { isLetterOrDigit($0) }, as: UTF8.self)
    }

    private static func squeezed(_ text: some StringProtocol) -> String {
        String(decoding: text.uppercased().utf8.filter { $0 >= 0x80 || isLetterOrDigit($0) }, as: UTF8.self)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
    }

    private static func isPartOfWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    /// `12.03.2026`, `2026-03-12`, and the month `2026-03` or `03/2026`.
    private static func isDay(_ token: String) -> Bool {
        guard token.utf8.first.map({ (0x30...0x39).contains($0) }) == true else { return false }
        let parts = token.split(omittingEmptySubsequences: false) { "./-".contains($0) }.map(String.init)
        guard parts.allSatisfy({ (1...4).contains($0.count) && $0.allSatisfy { $0.isASCII && $0.isNumber } }) else {
            return false
        }
        func isMonth(_ text: String) -> Bool { text.count <= 2 && Int(text).map { (1...12).contains($0) } == true }
        return parts.count == 3
            || parts.count == 2
                && (isYear(parts[0]) && isMonth(parts[1]) || isMonth(parts[0]) && isYear(parts[1]))
    }

    /// `1.250,00`, `1250,50`, `1'250.00`, `1,250`, with or without a currency.
    private static func isAmount(_ chunk: Substring) -> Bool {
        // Few words look like one, and a pattern takes its time.
        guard chunk.utf8.contains(where: { ".,'".utf8.contains($0) }),
            chunk.utf8.contains(where: { (0x30...0x39).contains($0) })
        else { return false }
        let digits = chunk.trimming { $0.isLetter || "€$£¥.,-".contains($0) }
        return digits.wholeMatch(of: /[0-9]{1,3}([.,'][0-9]{3})+([.,][0-9]{2})?|[0-9]+[.,][0-9]{2}/) != nil
    }

    private static let fillers: Set = ["NO", "NR", "NUM", "NUMBER", "NUMMER", "N", "号"]

    /// `RE 2026 0003`, `RE - 2026 - 0003`, `INV No. 0138`, `R2026 0003`, `2026 0117`, and a number that a line break parts after its
    /// hyphen. Where the first word is a number of ours by itself, nothing goes on: `INV-1 200 pieces` does not name `INV-1200`, nor
    /// `INV-1 2 pieces` `INV-12`.
    private static func joined(_ tokens: [String]) -> [Word] {
        tokens.indices.dropLast().flatMap { first -> [Word] in
            let head = tokens[first]
            let isOpen = head.last == "-" || head.allSatisfy { $0.isASCII && $0.isLetter }
            let goesOn = head.first?.isLetter == true && head.last?.isNumber == true || isYear(head)
            guard isOpen || goesOn else { return [] }
            var rest = tokens[(first + 1)...]
            if isOpen, let filler = rest.first, fillers.contains(filler.uppercased().filter(isPartOfWord)) {
                rest = rest.dropFirst()
            }
            let digits = rest.prefix(2).prefix {
                $0.first.map { $0.isASCII && $0.isNumber } == true && (isOpen || $0.count > 2)
            }
            var text = head
            var parts = [text]
            return zip(digits.indices, digits).map { index, next in
                text += next
                defer { parts += [next, text] }
                return Word(
                    text: text, parts: parts + [next], tokens: first..<index + 1, unless: isOpen ? nil : squeezed(head))
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
}

extension Substring {
    fileprivate func trimming(_ isLeft: (Character) -> Bool) -> Substring {
        guard let first = firstIndex(where: { !isLeft($0) }), let last = lastIndex(where: { !isLeft($0) }) else {
            return ""
        }
        return self[first...last]
    }
}

extension Sequence where Element: Hashable {
    /// The first of each.
    var withoutRepetition: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
