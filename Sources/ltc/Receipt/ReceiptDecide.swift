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

    @Flag(help: "Say what would be done, and keep nothing.")
    var dryRun = false

    @Argument(help: "The receipt's id or reference: ltc receipt list.")
    var receipt: String

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
        let (key, invoice, amount, when) = (receipt, invoice, amount, asOf.value)
        let (id, paid) = try await database.withPool { [dryRun] pool in
            try await pool.transaction(.init(rollsBack: dryRun)) { db in
                let id = try ReceiptDesk.find(key, in: db)
                let now = try ReceiptDesk.instant(when, of: id, in: db)
                return (id, try ReceiptDesk.allocate(id, to: invoice, amount: amount, actor: actor(), at: now, in: db))
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
        abstract: "Say whose money a receipt is; it then pays what it is for, or the oldest debt.",
        discussion: """
            It may turn out to be the money of a bank draft, or the draft of money that came: it waits then (draft_cash) for \
            ltc receipt cash, or for being assigned once more.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Flag(help: "Say what would be done, and keep nothing.")
    var dryRun = false

    @Argument(help: "The receipt's id or reference: ltc receipt list --waiting.")
    var receipt: String

    @Option(help: "The customer's number.")
    var customer: String

    private struct Body: Encodable {
        let receipt: Int
        let customer: String
        let waiting: PaymentMatch.Waiting?
    }

    func run() async throws {
        let (key, customer, when) = (receipt, customer, asOf.value)
        let (id, waiting) = try await database.withPool { [dryRun] pool in
            try await pool.transaction(.init(rollsBack: dryRun)) { db in
                let id = try ReceiptDesk.find(key, in: db)
                let now = try ReceiptDesk.instant(when, of: id, in: db)
                return (id, try ReceiptDesk.assign(id, customer: customer, actor: actor(), at: now, in: db))
            }
        }
        try Answer("receipt.assign", Body(receipt: id, customer: customer, waiting: waiting)) {
            "receipt \(id) is of \(customer): ltc receipt show \(id) says "
                + (waiting == nil ? "what it paid" : "whose money it may be, and what to do")
        }.print(as: format)
    }
}

struct ReceiptReverse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverse", abstract: "Take receipts back: what they paid is owed again, at its old dunning level.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Flag(help: "Say what would be done, and keep nothing.")
    var dryRun = false

    @Argument(help: "Ids or references (ltc receipt list); several, if one entry of the bank took them together.")
    var receipts: [String]

    @Option(help: "Why, as a short code such as returned_direct_debit.")
    var reason: String

    @Option(
        help:
            "The bank's entry that took them back, one that waits (ltc receipt list --waiting); of less, the rest stays."
    )
    var entry: Int?

    private struct Body: Encodable {
        let receipts: [Int]
        let entry: Int?
        let reason: String
        let effectiveOn: CalendarDate
        /// Where the entry took less: what stays of the last one, and as which receipt.
        let rest: Money?
        let restReceipt: Int?
    }

    func run() async throws {
        let (keys, reason, entry, when) = (receipts, reason, entry, dryRun ? asOf.value : try asOf.past())
        let (ids, reversed) = try await database.withPool { [dryRun] pool in
            try await pool.transaction(.init(rollsBack: dryRun)) { db in
                let ids = try keys.map { try ReceiptDesk.find($0, in: db) }
                let now = try ReceiptDesk.instant(when, of: ids[0], in: db)
                let reversed = try ReceiptDesk.reverse(
                    ids, reason: reason, entry: entry, actor: actor(), at: now, in: db)
                return (ids, reversed)
            }
        }
        let body = Body(
            receipts: ids, entry: entry, reason: reason, effectiveOn: reversed.day, rest: reversed.rest?.amount,
            restReceipt: reversed.rest?.receipt)
        try Answer("receipt.reverse", body) {
            let these = ids.map(String.init).joined(separator: ", ")
            let what = ids.count == 1 ? "receipt \(these) is" : "receipts \(these) are"
            return "\(what) taken back as of \(reversed.day)"
                + (reversed.rest.map {
                    "; \($0.amount) of \(ids.count == 1 ? "it" : "the last") stays, as receipt \($0.receipt)"
                }
                    ?? "")
        }.print(as: format)
    }
}

struct ReceiptDismiss: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dismiss",
        abstract: "An entry of the bank took money back that is no receipt here: it waits no longer.",
        discussion: """
            The money had come in before this ledger began, or in another. Should that be wrong, \
            ltc receipt reverse RECEIPT --entry ENTRY still takes it.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The bank's entry, one that waits: ltc receipt list --waiting.")
    var entry: Int

    @Option(help: "Why, as a short code such as before_go_live.")
    var reason: String

    private struct Body: Encodable {
        let entry: Int
        let reason: String
    }

    func run() async throws {
        let (entry, reason) = (entry, reason)
        try await database.withPool { pool in
            try await pool.transaction { db in
                try ReceiptDesk.dismiss(entry: entry, reason: reason, actor: actor(), in: db)
            }
        }
        try Answer("receipt.dismiss", Body(entry: entry, reason: reason)) {
            "entry \(entry) waits no longer"
        }.print(as: format)
    }
}
