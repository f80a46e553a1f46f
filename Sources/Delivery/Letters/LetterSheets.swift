import Domain

/// A letter as its sheets have to know it: whose it is, whom it is for, and what stands on it below the window.
protocol PrintedLetter {
    var creditor: DunningLetter.Creditor { get }
    var debtor: DunningLetter.Debtor { get }
    var number: String? { get }
    /// Of the file.
    var subject: String { get }
    var date: CalendarDate { get }
    /// Beside the window; what has no text is left out.
    var facts: [(label: String, text: String?)] { get }

    func fill(_ sheets: inout LetterSheets<Self>) throws
}

/// The pages of a letter as they fill up from top to bottom, each block where it still fits or on the next page.
struct LetterSheets<Letter: PrintedLetter> {
    let letter: Letter
    let typesetter: Typesetter
    let words: LetterPhrases
    let sheetWords: SheetPhrases
    private(set) var pages: [[Mark]] = [[]]
    /// Where the next block begins.
    var y = 0.0

    static var mm: Double { PDFDocument.millimetre }
    static var left: Double { 25 * mm }
    static var right: Double { PDFDocument.width - 20 * mm }
    static var width: Double { right - left }
    /// Blocks end above the footer.
    static var bottom: Double { 268 * mm }

    static var body: TextStyle { TextStyle(size: 9.5) }
    static var bold: TextStyle { TextStyle(size: 9.5, isBold: true) }
    static var small: TextStyle { TextStyle(size: 7.5) }

    init(_ letter: Letter, _ typesetter: Typesetter) {
        self.letter = letter
        self.typesetter = typesetter
        words = .of(letter.debtor.language)
        sheetWords = .of(letter.debtor.language)
    }

    mutating func fill() throws -> [[Mark]] {
        try head()
        try letter.fill(&self)
        try finishPages()
        return pages
    }

    /// Draws over `y`, wherever it stands.
    mutating func put(_ mark: Mark) { pages[pages.count - 1].append(mark) }

    mutating func put(_ text: SetText, x: Double, y: Double) { put(.text(text, x: x, y: y)) }

    /// Texts beside each other whose first lines stand on one line, whatever their fonts.
    ///
    /// - Returns: the height of them all.
    mutating func put(onOneLine texts: [(SetText, x: Double)], y: Double) -> Double {
        let baseline = texts.map(\.0.baseline).max() ?? 0
        for (text, x) in texts { put(text, x: x, y: y + baseline - text.baseline) }
        return texts.map { baseline - $0.0.baseline + $0.0.height }.max() ?? 0
    }

    /// Begins a new page unless `height` points are left on this one.
    ///
    /// - Returns: whether it did.
    @discardableResult
    mutating func ensure(_ height: Double) throws -> Bool {
        guard y + height > Self.bottom else { return false }
        try beginPage()
        return true
    }

    /// A further page says whose letter it belongs to.
    mutating func beginPage() throws {
        pages.append([])
        let parts = [letter.creditor.name, letter.number, letter.debtor.name].compactMap { $0 }
        let line = try typesetter.set(parts.joined(separator: " · "), Self.small, width: Self.width)
        put(line, x: Self.left, y: 15 * Self.mm)
        let below = 15 * Self.mm + line.height + 3
        put(.rule(from: Self.left, to: Self.right, y: below, thickness: 0.4))
        y = max(25 * Self.mm, below + 12)
    }

    mutating func paragraph(_ text: String, _ style: TextStyle = Self.body, space: Double) throws {
        let set = try typesetter.set(text, style, width: Self.width)
        try ensure(set.height)
        put(set, x: Self.left, y: y)
        y += set.height + space
    }

    /// How many pages there are is known only now.
    private mutating func finishPages() throws {
        let creditor = letter.creditor
        let columns = [
            [creditor.name] + (creditor.address.map(\.addressLines) ?? []),
            [
                creditor.email.map { "\(words.contact): \($0)" }, creditor.taxID.map { "\(words.taxID): \($0)" },
            ].compactMap { $0 },
            [
                creditor.bank, creditor.iban.map { "IBAN \($0.plainAccount.grouped(by: 4))" } ?? creditor.account,
                creditor.bic.map { "BIC \($0)" },
            ].compactMap { $0 },
        ]
        let top = 273 * Self.mm
        for index in pages.indices {
            let page = try typesetter.set(
                sheetWords.page(index + 1, pages.count), Self.small, width: Self.width, .right)
            pages[index].append(.text(page, x: Self.left, y: top - 11))
            pages[index].append(.rule(from: Self.left, to: Self.right, y: top, thickness: 0.4))
            for (place, lines) in columns.enumerated() {
                let third = Self.width / 3
                let text = try typesetter.set(lines.joined(separator: "\n"), Self.small, width: third - 8)
                pages[index].append(.text(text, x: Self.left + Double(place) * third, y: top + 4))
            }
        }
    }
}

extension String {
    /// The lines of an address that was written in one line with commas, or in several.
    var addressLines: [String] {
        let lines = split(whereSeparator: \.isNewline)
        let parts = lines.count > 1 ? lines.map(String.init) : components(separatedBy: ", ")
        return parts.map { String($0.trimmingWhitespace) }.filter { !$0.isEmpty }
    }

    /// An account number without the spaces in which people write it.
    var plainAccount: String { filter { !$0.isWhitespace } }

    private var trimmingWhitespace: Substring {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    private func components(separatedBy separator: String) -> [String] { split(separator: separator).map(String.init) }
}
