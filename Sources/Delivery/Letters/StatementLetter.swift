package import Domain

/// A customer's statement of account with one creditor in one currency, as it is printed.
package struct StatementLetter: Sendable {
    let creditor: DunningLetter.Creditor
    let debtor: DunningLetter.Debtor
    private let statement: AccountStatement
    private var words: [AccountPhrases] { AccountPhrases.of(debtor.language) }

    package init(creditor: DunningLetter.Creditor, debtor: DunningLetter.Debtor, statement: AccountStatement) {
        self.creditor = creditor
        self.debtor = debtor
        self.statement = statement
    }
}

extension StatementLetter: PrintedLetter {
    var number: String? { nil }
    var date: CalendarDate { statement.until }
    var subject: String {
        "\(words.line(\.statement)) \(statement.from) – \(statement.until) · \(debtor.number) · \(statement.currency)"
    }

    var facts: [(label: String, text: String?)] {
        [
            (words.line(\.date), "\(date)"), (words.line(\.customer), debtor.number),
            (words.line(\.contact), creditor.email), (words.line(\.taxID), creditor.taxID),
        ]
    }

    func fill(_ sheets: inout LetterSheets<StatementLetter>) throws {
        func money(_ minor: Int) -> String {
            sheets.words.local(Money(minor: minor, currency: statement.currency).amount)
        }
        try sheets.paragraph(
            "\(words.line(\.statement)) · \(statement.currency)", .init(size: 12, isBold: true), space: 6)
        try sheets.paragraph(words.line { $0.period("\(statement.from)", "\(statement.until)") }, space: 12)
        let movements = zip(statement.movements, statement.balances).map { movement, balance in
            [
                movement.reference, words.kind(movement.kind), "\(movement.day)", movement.dueOn?.description ?? "",
                money(movement.minor), money(balance),
            ]
        }
        let opening = [words.line(\.opening), "", "\(statement.from)", "", "", money(statement.openingMinor)]
        let closing = [words.line(\.closing), "", "\(statement.until)", "", "", money(statement.closingMinor)]
        let rows = [opening] + movements + [closing]
        let titles = [
            words.lines(\.reference), words.lines(\.kind), words.lines(\.day), words.lines(\.due),
            words.lines(\.amount),
            words.lines(\.balance),
        ]
        // Before the n-th row stands the balance after the one before it.
        try sheets.table(titles, numbersFrom: 4, rows) { place in [rows[max(0, place - 1)][5]] }
    }
}
