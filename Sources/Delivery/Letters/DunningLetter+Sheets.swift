import Domain

extension DunningLetter: PrintedLetter {
    var date: CalendarDate { runDate }

    var facts: [(label: String, text: String?)] {
        let words = LetterPhrases.of(debtor.language)
        return [
            (words.date, "\(runDate)"), (words.notice, number ?? words.draft), (words.customer, debtor.number),
            (words.contact, creditor.email), (words.taxID, creditor.taxID),
        ]
    }

    func fill(_ sheets: inout LetterSheets<DunningLetter>) throws {
        try sheets.paragraph(title, .init(size: 12, isBold: true), space: 12)
        try sheets.paragraph(sheets.words.greeting, space: 8)
        try sheets.paragraph(opening, space: 10)
        try sheets.invoices()
        try sheets.charges()
        try sheets.totals()
        try sheets.payment()
        try sheets.paragraph(sheets.words.crossed, space: 14)
        try sheets.paragraph(creditor.name, LetterSheets<Self>.bold, space: 14)
        try sheets.computation()
    }
}

extension LetterSheets where Letter == DunningLetter {
    /// One row an invoice.
    mutating func invoices() throws {
        let items = letter.notice.items
        let showsInterest = items.contains { $0.interest != nil }
        var titles = [words.invoice, words.issued, words.due, words.days, words.level, words.open]
        if showsInterest { titles.append(words.interest) }
        func amounts(_ open: Int, _ interest: Int) -> [String] {
            [letter.money(open)] + (showsInterest ? [letter.money(interest)] : [])
        }
        var (open, interest) = (0, 0)
        var sums = [amounts(0, 0)]
        let rows = items.map { item in
            open += item.item.openMinor
            interest += item.interestMinor
            sums.append(amounts(open, interest))
            return [
                item.item.number, "\(item.item.issuedOn)", "\(letter.due(item))", "\(item.daysOverdue)",
                "\(item.level)",
            ] + amounts(item.item.openMinor, item.interestMinor)
        }
        let all = amounts(letter.notice.openMinor, letter.notice.interestMinor)
        try table(titles, numbersFrom: 3, rows, widest: [["", "", "", "", ""] + all]) { sums[$0] }
    }

    /// The charges of earlier notices that are asked for again, one line each.
    mutating func charges() throws {
        guard !letter.notice.charges.isEmpty else { return }
        try ensure(40)
        try paragraph(words.sumCharges, Self.heading, space: 3)
        for charge in letter.notice.charges {
            let amount = try typesetter.set(letter.money(charge.item.openMinor), Self.cell)
            let name = try typesetter.set(
                "\(letter.name(of: charge)), \(words.due) \(charge.item.dueOn)", Self.cell,
                width: Self.width - amount.width - Self.gap)
            try ensure(name.height + 3)
            y += put(onOneLine: [(name, Self.left), (amount, Self.right - amount.width)], y: y) + 3
        }
        y += 6
    }

    /// What the invoices come to.
    mutating func totals() throws {
        let notice = letter.notice
        func amount(_ minor: Int) -> String { "\(letter.money(minor)) \(notice.currency.code)" }
        try totals(
            letter.parts.map { (title: $0.title, amount: amount($0.minor)) },
            (title: words.total, amount: amount(notice.totalMinor)))
    }

    mutating func computation() throws {
        let lines = letter.computationLines
        guard let heading = lines.first else { return }
        y += 6
        try ensure(40)
        try paragraph(heading, Self.bold, space: 4)
        for line in lines.dropFirst() { try paragraph(line, .init(size: 8.5), space: 2.5) }
    }
}
