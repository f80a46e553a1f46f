package import Domain

/// A dunning notice as its customer reads it: who asks for what and why, where to pay and until when.
package struct DunningLetter: Sendable, Hashable {
    package struct Creditor: Sendable, Hashable {
        package var name: String
        package var address, taxID, email, iban, bic, bank: String?
        /// An account's number where banks have no IBAN.
        package var account: String?

        package init(
            name: String, address: String? = nil, taxID: String? = nil, email: String? = nil, iban: String? = nil,
            account: String? = nil, bic: String? = nil, bank: String? = nil
        ) {
            self.name = name
            (self.address, self.taxID, self.email) = (address, taxID, email)
            (self.iban, self.account, self.bic, self.bank) = (iban, account, bic, bank)
        }
    }

    package struct Debtor: Sendable, Hashable {
        package var number: String
        package var name: String
        package var address: String?
        /// `en`, `de` or `zh`; others read English.
        package var language: String

        package init(number: String, name: String, address: String? = nil, language: String = "en") {
            self.number = number
            self.name = name
            self.address = address
            self.language = language
        }
    }

    /// Nil until the notice is approved.
    package var number: String?
    package var runDate: CalendarDate
    package var notice: DunningNotice
    package var creditor: Creditor
    package var debtor: Debtor

    package init(
        number: String?, runDate: CalendarDate, notice: DunningNotice, creditor: Creditor, debtor: Debtor
    ) {
        self.number = number
        self.runDate = runDate
        self.notice = notice
        self.creditor = creditor
        self.debtor = debtor
    }

    /// Of the notice, for the payer's bank to check; nil until it is approved.
    package var creditorReference: CreditorReference? { number.flatMap { CreditorReference(number: $0) } }

    /// What the customer writes on the transfer.
    package var paymentReference: String { creditorReference?.description ?? number ?? debtor.number }
}

extension DunningLetter {
    var phrases: LetterPhrases { .of(debtor.language) }
    private var tone: Int { min(notice.level, phrases.titles.count) - 1 }

    var title: String { phrases.titles[tone] }
    var opening: String { phrases.openings[tone] }

    /// The subject of the mail.
    package var subject: String {
        Self.subject(number: number, level: notice.level, creditor: creditor.name, language: debtor.language)
    }

    /// The same of a letter that is not written yet.
    ///
    /// - Parameters:
    ///   - number: nil until the notice is approved
    ///   - creditor: its name
    package static func subject(number: String?, level: Int, creditor: String, language: String) -> String {
        let titles = LetterPhrases.of(language).titles
        let title = titles[min(level, titles.count) - 1]
        return number.map { "\(title) \($0) · \(creditor)" } ?? "\(title) · \(creditor)"
    }

    /// The letter in plain text, with its computation.
    package var text: String {
        let words = phrases
        var lines = [creditor.name] + (creditor.address.map { [$0] } ?? [])
        if let taxID = creditor.taxID { lines.append("\(words.taxID): \(taxID)") }
        lines += ["", debtor.name] + (debtor.address.map { [$0] } ?? [])
        lines += [
            "", "\(words.customer): \(debtor.number)", "\(words.notice): \(number ?? words.draft)",
            "\(words.date): \(runDate)", "", words.titles[tone].uppercased(), "", words.greeting, "",
            words.openings[tone], "",
        ]
        lines += items() + chargeLines + [""] + sums() + (computationLines.isEmpty ? [] : [""] + computationLines)
        lines += ["", "\(words.pay): \(notice.payBy)"]
        if let account = creditor.iban ?? creditor.account {
            lines.append("\(words.account): \(account)" + (creditor.bic.map { " (\($0))" } ?? ""))
        }
        if let bank = creditor.bank { lines.append("\(words.bank): \(bank)") }
        lines.append("\(words.reference): \(paymentReference)")
        if let email = creditor.email { lines.append("\(words.contact): \(email)") }
        return (lines + ["", words.crossed, "", creditor.name]).joined(separator: "\n") + "\n"
    }

    private func items() -> [String] {
        let words = phrases
        let shown = notice.items.contains { $0.interest != nil }
        var table = TextTable(
            [
                (words.invoice, .left), (words.issued, .left), (words.due, .left), (words.days, .right),
                (words.level, .right), (words.open, .right),
            ] + (shown ? [(words.interest, .right)] : []))
        for item in notice.items {
            table.add(
                [
                    item.item.number, "\(item.item.issuedOn)", "\(due(item))", "\(item.daysOverdue)",
                    "\(item.level)", money(item.item.openMinor),
                ] + (shown ? [money(item.interestMinor)] : []))
        }
        return table.lines
    }

    /// The day from which its days are counted: the due day, or the working day after it to which the contract shifts it.
    func due(_ item: DunningNotice.Item) -> CalendarDate { runDate.adding(days: -item.daysOverdue) }

    func money(_ minor: Int) -> String { local(Money(minor: minor, currency: notice.currency).amount) }

    func local(_ decimal: String) -> String { phrases.local(decimal) }
}
