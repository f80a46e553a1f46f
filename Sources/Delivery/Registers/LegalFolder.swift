package import Domain
package import Foundation

/// The papers of a claim that goes to a lawyer, as tables that both a person and a spreadsheet read.
package struct LegalFolder: Sendable {
    package struct File: Sendable {
        package let name, mediaType: String
        package let bytes: [UInt8]
    }

    package private(set) var files: [File] = []
    /// What each file is, in the order of the files.
    private var contents: [String] = []
    private let currency: Currency

    package init(in currency: Currency) { self.currency = currency }

    package mutating func add(letter name: String, _ bytes: [UInt8]) {
        add(name, "application/pdf", bytes, "the notice, as a letter")
    }

    /// A line of the claim: an invoice with what is asked for it.
    package struct Invoice: Sendable {
        package let number: String
        package let contract: String?
        package let issuedOn, dueOn: CalendarDate
        package let amountMinor, openMinor, daysOverdue, level: Int
        /// What earlier notices did not charge of the interest.
        package let interestMinor, compensationMinor: Int
        /// All of it.
        package let interest: InterestComputation?

        package init(
            number: String, contract: String?, issuedOn: CalendarDate, dueOn: CalendarDate, amountMinor: Int,
            openMinor: Int, daysOverdue: Int, level: Int, interestMinor: Int, compensationMinor: Int,
            interest: InterestComputation?
        ) {
            (self.number, self.contract, self.issuedOn, self.dueOn) = (number, contract, issuedOn, dueOn)
            (self.amountMinor, self.openMinor, self.daysOverdue) = (amountMinor, openMinor, daysOverdue)
            (self.level, self.interest) = (level, interest)
            (self.interestMinor, self.compensationMinor) = (interestMinor, compensationMinor)
        }
    }

    package mutating func add(_ invoices: [Invoice], feeMinor: Int, chargesMinor: Int, creditMinor: Int) {
        var list = CSV(header: [
            "invoice", "contract", "issued_on", "due_on", "days_overdue", "level", "currency", "amount", "open",
            "interest", "compensation",
        ])
        for invoice in invoices {
            list.add([
                .text(invoice.number), .text(invoice.contract ?? ""), .value("\(invoice.issuedOn)"),
                .value("\(invoice.dueOn)"), .value("\(invoice.daysOverdue)"), .value("\(invoice.level)"),
                .value(currency.code), money(invoice.amountMinor), money(invoice.openMinor),
                money(invoice.interestMinor), money(invoice.compensationMinor),
            ])
        }
        for (name, minor) in [("fee", feeMinor), ("charges", chargesMinor), ("credit", -creditMinor)] where minor != 0 {
            list.add(
                [.value(name)] + Array(repeating: .value(""), count: 5) + [
                    .value(currency.code), .value(""), money(minor), .value(""), .value(""),
                ])
        }
        add("invoices.csv", list, "what is claimed")
        add("interest.csv", interest(of: invoices), "how the interest was computed, and by which rule")
    }

    /// Segment by segment as it can be done again by hand, and a line of the sum for each invoice.
    private func interest(of invoices: [Invoice]) -> CSV {
        var table = CSV(header: [
            "invoice", "line", "from", "through", "days", "principal", "percent", "rate_from", "day_count",
            "computation",
            "exact", "rounding", "interest", "currency", "rule",
        ])
        for invoice in invoices {
            guard let computation = invoice.interest else { continue }
            for (index, segment) in computation.segments.enumerated() {
                table.add([
                    .text(invoice.number), .value("\(index + 1)"), .value("\(segment.from)"),
                    .value("\(segment.through)"), .value("\(segment.days)"), money(segment.openMinor),
                    .value(segment.rate.percent.description), .text(segment.rate.origin() ?? "agreed"),
                    .text(computation.dayCount == .daily ? "a rate per day" : computation.dayCount.description),
                    .text(computation.arithmetic(of: segment, in: currency)),
                    .value(segment.exact), .value(""), .value(""), .value(currency.code), .text(computation.source),
                ])
            }
            table.add([
                .text(invoice.number), .value("sum"), .value("\(computation.from)"), .value("\(computation.through)"),
                .value("\(computation.days)"), .value(""), .value(""), .value(""),
                .text(computation.dayCount == .daily ? "a rate per day" : computation.dayCount.description), .value(""),
                .value(computation.exact),
                .value(computation.rounding.rawValue), money(computation.minor), .value(currency.code),
                .text(computation.source),
            ])
        }
        return table
    }

    /// Something that happened: a notice accepted, a promise made.
    package struct Entry: Sendable {
        package let at: Date
        package let about, what, from, to, actor, reason, detail: String

        package init(
            at: Date, about: String, what: String, from: String?, to: String?, actor: String, reason: String?,
            detail: String
        ) {
            (self.at, self.about, self.what, self.actor, self.detail) = (at, about, what, actor, detail)
            (self.from, self.to, self.reason) = (from ?? "", to ?? "", reason ?? "")
        }
    }

    package mutating func add(_ log: [Entry]) {
        var table = CSV(header: ["at", "about", "what", "from", "to", "actor", "reason", "detail"])
        for entry in log {
            table.add(
                [.value(entry.at.ISO8601Format())]
                    + [entry.about, entry.what, entry.from, entry.to, entry.actor, entry.reason, entry.detail].map {
                        .text($0)
                    })
        }
        add("log.csv", table, "notices, deliveries, answers, promises, disputes and holds, as they happened")
    }

    /// What moved the account: above zero it is owed, below it pays.
    package struct Movement: Sendable {
        package let day: CalendarDate
        package let what, document: String
        package let minor: Int

        package init(day: CalendarDate, what: String, document: String, minor: Int) {
            (self.day, self.what, self.document, self.minor) = (day, what, document, minor)
        }
    }

    package mutating func add(_ account: [Movement]) {
        var table = CSV(header: ["day", "what", "document", "currency", "amount", "balance"])
        var balance = 0
        for movement in account {
            balance += movement.minor
            table.add([
                .value("\(movement.day)"), .value(movement.what), .text(movement.document), .value(currency.code),
                money(movement.minor), money(balance),
            ])
        }
        add("account.csv", table, "the account's movements and its balance after each")
    }

    /// The claim in a few words, and the files with their hashes; it goes first.
    ///
    /// - Parameter claim: label and value, line by line
    package mutating func close(_ claim: [(label: String, value: String)]) {
        var table = CSV(header: ["what", "value", "sha256"])
        for (label, value) in claim { table.add([.value(label), .text(value), .value("")]) }
        for (file, content) in zip(files, contents) {
            table.add([.text(content), .text(file.name), .value(SHA256.hex(file.bytes))])
        }
        files.insert(File(name: "index.csv", mediaType: Self.csv, bytes: table.bytes), at: 0)
    }

    private static let csv = "text/csv; charset=utf-8"

    private mutating func add(_ name: String, _ table: CSV, _ content: String) {
        add(name, Self.csv, table.bytes, content)
    }

    private mutating func add(_ name: String, _ mediaType: String, _ bytes: [UInt8], _ content: String) {
        files.append(File(name: name, mediaType: mediaType, bytes: bytes))
        contents.append(content)
    }

    private func money(_ minor: Int) -> CSVCell { .value(Money(minor: minor, currency: currency).amount) }
}
