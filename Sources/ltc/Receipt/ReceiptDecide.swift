import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres

struct ReceiptAllocate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allocate", abstract: "Pay an invoice with a receipt, by hand.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The receipt's id: ltc receipt list.")
    var id: Int

    @Option(help: "The invoice's number.")
    var invoice: String

    @Option(help: "A decimal in the receipt's currency; otherwise as much as both have.")
    var amount: String?

    private struct Body: Encodable {
        let receipt: Int
        let invoice: String
        let amount: Money
        /// What closed behind it without money, and why.
        let closed: Money?
        let closedBecause: String?
        /// Not before this day: it is a draft.
        let maturesOn: CalendarDate?
    }

    func run() async throws {
        let (id, invoice, amount, now) = (id, invoice, amount, asOf.value.instant(on: .plain))
        let paid = try await database.withPool { pool in
            try await pool.transaction { db in
                try ReceiptDesk.allocate(id, to: invoice, amount: amount, actor: actor(), at: now, in: db)
            }
        }
        let body = Body(
            receipt: id, invoice: invoice, amount: paid.amount, closed: paid.closing?.amount,
            closedBecause: paid.closing?.reason.rawValue, maturesOn: paid.maturesOn)
        try Answer("receipt.allocate", body) {
            "receipt \(id) pays \(paid.amount) of \(invoice)"
                + (paid.maturesOn.map { " when it matures, on \($0)" } ?? "")
                + (paid.closing.map { "; the other \($0.amount) closes: \($0.reason.rawValue)" } ?? "")
        }.print(as: format)
    }
}

struct ReceiptAssign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign",
        abstract: "Say whose money a receipt is; it then pays what it is for, or the oldest debt.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The receipt's id: ltc receipt list --waiting.")
    var id: Int

    @Option(help: "The customer's number.")
    var customer: String

    private struct Body: Encodable {
        let receipt: Int
        let customer: String
    }

    func run() async throws {
        let (id, customer, now) = (id, customer, asOf.value.instant(on: .plain))
        try await database.withPool { pool in
            try await pool.transaction { db in
                try ReceiptDesk.assign(id, customer: customer, actor: actor(), at: now, in: db)
            }
        }
        try Answer("receipt.assign", Body(receipt: id, customer: customer)) {
            "receipt \(id) is of \(customer): ltc receipt show \(id) says what it paid"
        }.print(as: format)
    }
}

struct ReceiptReverse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverse", abstract: "Take a receipt back: what it paid is owed again, at its old dunning level.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The receipt's id: ltc receipt list.")
    var id: Int

    @Option(help: "Why, as a short code such as returned_direct_debit.")
    var reason: String

    @Option(help: "The bank's entry that took it back, one that waits: ltc receipt list --waiting.")
    var entry: Int?

    private struct Body: Encodable {
        let receipt: Int
        let entry: Int?
        let reason: String
        let effectiveOn: CalendarDate
    }

    func run() async throws {
        let (id, reason, entry, now) = (id, reason, entry, asOf.value.instant(on: .plain))
        let today = CalendarDate(daysSince1970: Int((now.timeIntervalSince1970 / 86_400).rounded(.down)))
        let day = try await database.withPool { pool in
            try await pool.transaction { db in
                try ReceiptDesk.reverse(
                    id, reason: reason, entry: entry, today: today, actor: actor(), at: now, in: db)
            }
        }
        try Answer("receipt.reverse", Body(receipt: id, entry: entry, reason: reason, effectiveOn: day)) {
            "receipt \(id) is taken back as of \(day)"
        }.print(as: format)
    }
}
