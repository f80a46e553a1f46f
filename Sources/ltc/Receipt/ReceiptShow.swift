import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres
import Store

struct ReceiptShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One receipt: what the bank told, what it paid, and why.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The receipt's id or reference: ltc receipt list.")
    var receipt: String

    func run() async throws {
        let key = receipt
        let body = try await database.ask { db -> ReceiptBody in
            let id = try ReceiptDesk.find(key, in: db)
            return try ReceiptBody(
                db.one(ReceiptsSQL.ShowReceipt(receipt: id)), try db.run(ReceiptsSQL.AllocationsOf(receipt: id)),
                try db.run(ReceiptsSQL.CoversOf(receipt: id)),
                try db.run(ReceiptsSQL.StoryOf(receipt: id)))
        }
        try Answer("receipt.show", body) { body.text }.print(as: format)
    }
}

/// `ltc.receipt.show/1`
struct ReceiptBody: Encodable {
    struct Payment: Encodable {
        let invoice: String
        let amount: Money
        let reason: String
        let effectiveOn: CalendarDate
    }

    /// What a draft is meant for.
    struct Cover: Encodable {
        let invoice: String
        let amount: Money
        let reason: String
    }

    struct Decision: Encodable {
        let kind: String
        let recordedAt: Date
        let actor: String
        let reason: String?
        let detail: JSONValue
    }

    let id: Int
    let reference, source, creditor, team: String
    let customer, customerName: String?
    let bookedOn: CalendarDate
    let valueOn: CalendarDate?
    let amount, unallocated: Money
    let charges: Money?
    let account, statement, serviceReference, endToEnd, structuredReference, debtorName, iban, remittance: String?
    let waiting: String?
    let reversedOn: CalendarDate?
    let reversalReason: String?
    let kind: String
    let maturesOn: CalendarDate?
    /// The draft whose money it was; the receipt that brought a draft's money.
    let cashOf, cashedBy: String?
    /// A part of it went back: the receipt that this is a part of, or those that it was split into.
    let partOf: String?
    let parts: [String]
    let payments: [Payment]
    let covers: [Cover]
    let decisions: [Decision]

    init(
        _ row: ReceiptsSQL.ShowReceipt.Row, _ payments: [ReceiptsSQL.AllocationsOf.Row],
        _ covers: [ReceiptsSQL.CoversOf.Row], _ story: [ReceiptsSQL.StoryOf.Row]
    ) throws {
        id = row.id
        (reference, source, creditor, team) = (row.reference, row.source, row.creditor, row.team)
        (customer, customerName) = (row.customer, row.customerName)
        (bookedOn, valueOn) = (row.bookedOn, row.valueOn)
        amount = try money(row.amountMinor, row.currency)
        unallocated = try money(row.amountMinor - row.allocatedMinor, row.currency)
        charges = try Money(row.chargesMinor, row.currency)
        (account, statement, serviceReference) = (row.account, row.statement, row.serviceReference)
        (endToEnd, structuredReference) = (row.endToEnd, row.structuredReference)
        (debtorName, iban, remittance, waiting) = (row.debtorName, row.iban, row.remittance, row.waiting)
        (reversedOn, reversalReason) = (row.reversedOn, row.reversalReason)
        (kind, maturesOn) = (row.kind, row.maturesOn)
        (cashOf, cashedBy) = (row.cashOf, row.cashedBy)
        (partOf, parts) = (row.partOf, row.parts)
        self.covers = try covers.map {
            Cover(invoice: $0.invoice, amount: try money($0.amountMinor, row.currency), reason: $0.reason)
        }
        self.payments = try payments.map {
            Payment(
                invoice: $0.invoice, amount: try money($0.amountMinor, row.currency), reason: $0.reason,
                effectiveOn: $0.effectiveOn)
        }
        decisions = try story.map {
            Decision(
                kind: $0.kind, recordedAt: $0.recordedAt, actor: $0.actor, reason: $0.reason,
                detail: try JSONDecoder().decode(JSONValue.self, from: Data($0.detail.utf8)))
        }
    }

    var text: String {
        var text = facts([
            ("receipt", "\(id), \(reference) of \(source)"),
            ("draft", maturesOn.map { "matures on \($0)" }),
            ("booked", "\(bookedOn)" + (valueOn.map { ", value \($0)" } ?? "")),
            (
                "amount",
                "\(amount)" + (charges.flatMap { $0.minor > 0 ? ", of which \($0.amount) were charges" : nil } ?? "")
            ),
            ("unallocated", unallocated.amount), ("creditor", "\(creditor), collected by \(team)"),
            ("customer", customer.map { "\($0) \(customerName ?? "")" } ?? "unknown"), ("payer", debtorName),
            ("payer's account", iban), ("reference", structuredReference), ("end to end", endToEnd),
            ("bank's reference", serviceReference), ("statement", statement.map { "\($0) of \(account ?? "")" }),
            ("text", remittance?.replacing("\n", with: " / ")), ("waits for", waiting),
            ("its money", cashedBy), ("money of draft", cashOf), ("part of", partOf),
            ("split into", parts.isEmpty ? nil : parts.joined(separator: ", ")),
            ("reversed", reversedOn.map { "\($0) (\(reversalReason ?? ""))" }),
        ])
        for cover in covers { text += "meant for \(cover.amount) of \(cover.invoice): \(cover.reason)\n" }
        for payment in payments {
            text += "paid \(payment.amount) of \(payment.invoice) on \(payment.effectiveOn): \(payment.reason)\n"
        }
        for decision in decisions {
            text +=
                "\(decision.recordedAt.ISO8601Format())  \(decision.kind) by \(decision.actor)"
                + (decision.reason.map { ": \($0)" } ?? "") + "\n" + decision.words
        }
        if waiting != nil { text += decisions.last { $0.kind == "receipt_waiting" }?.words(ofCash: id) ?? "" }
        return text
    }
}

extension ReceiptBody.Decision {
    /// The drafts whose money it may be, or what may be a draft's.
    fileprivate func words(ofCash receipt: Int) -> String {
        guard case .object(let members) = detail else { return "" }
        var words = ""
        for (kind, isDraft) in [("drafts", false), ("payments", true)] {
            guard case .list(let others)? = members[kind] else { continue }
            for case .object(let other) in others {
                guard case .text(let reference)? = other["reference"], case .integer(let id)? = other["receipt"] else {
                    continue
                }
                words +=
                    isDraft
                    ? "perhaps its money came as \(reference): ltc receipt cash \(id) --draft \(receipt)\n"
                    : "perhaps the money of draft \(reference): ltc receipt cash \(receipt) --draft \(id)\n"
            }
        }
        return words
    }

    /// The candidates that were not taken, each with its reason.
    fileprivate var words: String {
        guard case .object(let members) = detail, case .list(let passed)? = members["passed_over"] else { return "" }
        return passed.map { candidate in
            guard case .object(let members) = candidate, case .text(let number)? = members["number"],
                case .text(let reason)? = members["reason"]
            else { return "" }
            return "    not \(number): \(reason)\n"
        }.joined()
    }
}
