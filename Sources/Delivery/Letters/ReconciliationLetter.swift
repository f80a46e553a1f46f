package import Domain

/// Asks a customer to compare the open items of their account with their own books, and to confirm the balance (对账函).
package struct ReconciliationLetter: Sendable {
    /// A part of the balance; below zero in favour of the customer.
    package struct Item: Sendable, Hashable, Codable {
        /// As of a statement's movements.
        package var kind: String
        package var number: String
        package var day: CalendarDate
        package var dueOn: CalendarDate?
        package var minor: Int

        enum CodingKeys: String, CodingKey {
            case kind, number, day, minor
            case dueOn = "due_on"
        }
    }

    package let number: String?
    let creditor: DunningLetter.Creditor
    let debtor: DunningLetter.Debtor
    private let balance: Money
    private let balanceOn: CalendarDate
    private let items: [Item]
    private var words: [AccountPhrases] { AccountPhrases.of(debtor.language) }

    package init(
        number: String, creditor: DunningLetter.Creditor, debtor: DunningLetter.Debtor, balance: Money,
        balanceOn: CalendarDate, items: [Item]
    ) {
        self.number = number
        self.creditor = creditor
        self.debtor = debtor
        self.balance = balance
        self.balanceOn = balanceOn
        self.items = items
    }
}

extension ReconciliationLetter: PrintedLetter {
    var date: CalendarDate { balanceOn }
    var subject: String { "\(words.line(\.reconciliation)) \(number ?? "") · \(creditor.name)" }

    var facts: [(label: String, text: String?)] {
        [
            (words.line(\.date), "\(date)"), (words.line(\.number), number), (words.line(\.customer), debtor.number),
            (words.line(\.contact), creditor.email), (words.line(\.taxID), creditor.taxID),
        ]
    }

    func fill(_ sheets: inout LetterSheets<ReconciliationLetter>) throws {
        try sheets.paragraph(words.line(\.reconciliation), .init(size: 12, isBold: true), space: 12)
        for phrases in words {
            try sheets.paragraph(phrases.greeting, space: 4)
            try sheets.paragraph(phrases.request("\(balanceOn)"), space: 10)
        }
        try sheets.items(items)
        try sheets.totals(
            [], (title: words.line(balance.minor < 0 ? \.credit : \.owed), amount: amount(sheets.words)))
        try sheets.answer(words, to: self, balance: amount(sheets.words), on: balanceOn)
    }

    /// Without its sign, which the words beside it say.
    private func amount(_ words: LetterPhrases) -> String {
        let minor = Money(minor: abs(balance.minor), currency: balance.currency)
        return "\(words.local(minor.amount)) \(balance.currency)"
    }

    fileprivate func money(_ minor: Int, _ words: LetterPhrases) -> String {
        words.local(Money(minor: minor, currency: balance.currency).amount)
    }
}

extension LetterSheets where Letter == ReconciliationLetter {
    fileprivate mutating func items(_ items: [ReconciliationLetter.Item]) throws {
        let phrases = AccountPhrases.of(letter.debtor.language)
        guard !items.isEmpty else { return try paragraph(phrases.line(\.noItems), space: 10) }
        var sums = [letter.money(0, words)]
        var sum = 0
        let rows = items.map { item in
            sum += item.minor
            sums.append(letter.money(sum, words))
            return [
                item.number, phrases.kind(item.kind), "\(item.day)", item.dueOn?.description ?? "",
                letter.money(item.minor, words),
            ]
        }
        let titles = [
            phrases.lines(\.reference), phrases.lines(\.kind), phrases.lines(\.day), phrases.lines(\.due),
            phrases.lines(\.amount),
        ]
        try table(titles, numbersFrom: 4, rows, widest: [["", "", "", "", sums.last ?? ""]]) { [sums[$0]] }
    }

    /// The part that comes back, on one page: what agrees, or what does not and why.
    fileprivate mutating func answer(
        _ phrases: [AccountPhrases], to letter: ReconciliationLetter, balance: String, on day: CalendarDate
    ) throws {
        let creditor = [letter.creditor.name] + (letter.creditor.address?.addressLines ?? [])
        let debtor = [letter.number, letter.debtor.number, letter.debtor.name].compactMap { $0 }
        let lines: [(text: String, style: TextStyle, blank: Bool)] =
            [
                (phrases.line(\.tearOff) + ": " + creditor.joined(separator: ", "), Self.small, false),
                (debtor.joined(separator: " · "), Self.bold, false),
            ] + phrases.map { ("□ " + $0.agrees(balance, "\(day)"), Self.body, false) }
            + [
                ("□ " + phrases.line(\.differs), Self.body, false), (phrases.line(\.ourBalance), Self.body, true),
                (phrases.line(\.reason), Self.body, true), (phrases.line(\.signature), Self.body, true),
            ]
        let set = try lines.map { line in
            (
                text: try typesetter.set(line.text, line.style, width: line.blank ? Self.width / 2 : Self.width),
                line.blank
            )
        }
        try ensure(set.reduce(24) { $0 + $1.text.height + ($1.1 ? 16 : 8) })
        y += 10
        for dash in stride(from: Self.left, to: Self.right, by: 8) {
            put(.rule(from: dash, to: min(dash + 4, Self.right), y: y, thickness: 0.6))
        }
        y += 8
        for (text, isBlank) in set {
            if isBlank { y += 8 }
            put(text, x: Self.left, y: y)
            y += text.height
            // Room to write by hand.
            if isBlank { put(.rule(from: Self.left + Self.width / 2, to: Self.right, y: y, thickness: 0.4)) }
            y += 8
        }
    }
}
