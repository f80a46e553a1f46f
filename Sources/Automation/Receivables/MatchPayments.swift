import Domain
import Foundation
import Postgres
import Store

/// A person has said whose a receipt is: it waits for nothing more.
package struct AssignedReceipt: Sendable {
    let receipt: Int
    /// They had read that it may be the money of a draft, or its draft: it is not. Otherwise it may wait for just that.
    let isNoDraftCash: Bool
}

/// Finds out whom receipts are from and what for; the rule is in `PaymentMatching`. What stays in doubt waits.
enum MatchPayments {
    /// - Returns: how many of these receipts wait, by what they wait for.
    static func match(
        _ receipts: [Int], assigned: AssignedReceipt?, actor: String?, at now: Date, in db: isolated Connection
    ) throws -> [PaymentMatch.Waiting: Int] {
        let rows = try db.run(ReceiptsSQL.PaymentsToMatch(receipts: receipts, again: false))
        guard !rows.isEmpty else { return [:] }
        let payments = try rows.map(IncomingPayment.init)
        let names = rows.filter { $0.customer == nil }.compactMap { row in
            row.debtorName.map { (receipt: row.id, name: Folding.name($0)) }
        }
        func decide(_ candidates: [Int: PaymentMatching]) -> [(payment: IncomingPayment, match: PaymentMatch)] {
            payments.map { payment in
                var matching = candidates[payment.receipt] ?? PaymentMatching()
                guard payment.receipt == assigned?.receipt, let customer = payment.customer else {
                    return (payment, matching.decide(payment))
                }
                if assigned?.isNoDraftCash == true { matching.drafts = [] }
                var match = matching.decide(payment)
                switch match.outcome {
                case .matched, .waiting(.draftCash, _): break
                case .waiting: match.outcome = .matched(customer: customer, invoices: [], .customer)
                }
                return (payment, match)
            }
        }
        let found = try candidates(for: payments, names, in: db)
        var matches = decide(found)
        // What others of the day paid is decided again, so it counts as open, of everyone from whom this payment may be.
        let earlier = try SameDayPayments.load(
            matches.flatMap { matched in
                let receipt = matched.payment.receipt
                let customers = (found[receipt]?.customersMeant ?? []) + [matched.match.customer].compactMap(\.self)
                return Set(customers).sorted().map { (receipt: receipt, customer: $0) }
            }, in: db)
        if !earlier.undone.isEmpty {
            matches = decide(try candidates(for: payments, names, undone: earlier.undone, in: db))
        }
        let drafts = rows.filter { $0.isDraft && !($0.id == assigned?.receipt && assigned?.isNoDraftCash == true) }
        try lookForCash(of: drafts.map(\.id), in: &matches, db)
        try record(matches, actor: actor, at: now, in: db)
        return matches.reduce(into: [:]) { waiting, match in
            if case .waiting(let reason, _) = match.match.outcome { waiting[reason, default: 0] += 1 }
        }
    }

    /// Of drafts that are recorded after their money came.
    private static func lookForCash(
        of drafts: [Int], in matches: inout [(payment: IncomingPayment, match: PaymentMatch)], _ db: isolated Connection
    ) throws {
        guard !drafts.isEmpty else { return }
        let drafts = Set(drafts)
        let payers = matches.compactMap { matched in
            matched.match.customer.map { (receipt: matched.payment.receipt, customer: $0) }
        }.filter { drafts.contains($0.receipt) }
        let rows = try db.run(
            ReceiptsSQL.CashOfDrafts(
                receipts: payers.map(\.receipt), customers: payers.map(\.customer), days: DraftCounterpart.days))
        let found = Dictionary(grouping: rows, by: \.receipt)
        for index in matches.indices {
            guard let rows = found[matches[index].payment.receipt] else { continue }
            matches[index].match.look(
                at: rows.map {
                    DraftCounterpart(
                        receipt: $0.payment, reference: $0.reference, customer: $0.customer, invoices: Set($0.invoices))
                })
        }
    }

    /// Receipts of known customers wait for a person after all.
    static func wait(
        for reason: PaymentMatch.Waiting, _ receipts: [(receipt: Int, customer: Int)], actor: String?, at now: Date,
        in db: isolated Connection
    ) throws {
        guard !receipts.isEmpty else { return }
        try db.execute(
            ReceiptsSQL.RecordMatches(
                receipts: receipts.map(\.receipt), customers: receipts.map(\.customer),
                waiting: receipts.map { _ in reason.rawValue }, reasons: receipts.map { _ in reason.rawValue },
                details: receipts.map { _ in #"{"passed_over":[]}"# }, at: now, actor: actor))
    }

    /// What receipts that paid already are meant for, as if nothing of their day had been paid.
    ///
    /// - Parameter undone: what their day has paid, in minor units by item
    static func meant(
        by receipts: [Int], undone: [Int: Int], in db: isolated Connection
    ) throws -> [Int: PaymentMatch] {
        guard !receipts.isEmpty else { return [:] }
        let payments = try db.run(ReceiptsSQL.PaymentsToMatch(receipts: receipts, again: true)).map(
            IncomingPayment.init)
        let found = try candidates(for: payments, [], undone: undone, in: db)
        return payments.reduce(into: [:]) { meant, payment in
            meant[payment.receipt] = (found[payment.receipt] ?? PaymentMatching()).decide(payment)
        }
    }

    private static func candidates(
        for payments: [IncomingPayment], _ names: [(receipt: Int, name: String)], undone: [Int: Int] = [:],
        in db: isolated Connection
    ) throws -> [Int: PaymentMatching] {
        var found: [Int: PaymentMatching] = [:]
        try addNumbered(of: payments, undone, to: &found, in: db)
        for row in try db.run(ReceiptsSQL.PayersByAccount(receipts: payments.map(\.receipt))) {
            found[row.receipt, default: PaymentMatching()].byAccount.append(row.customer)
        }
        for row in try db.run(ReceiptsSQL.PayersByName(receipts: names.map(\.receipt), names: names.map(\.name))) {
            found[row.receipt, default: PaymentMatching()].byName.append(row.customer)
        }
        let payers = payments.flatMap { payment in
            (payment.customer.map { [$0] } ?? found[payment.receipt]?.payers ?? [])
                .map { (receipt: payment.receipt, customer: $0) }
        }
        let exact = ReceiptsSQL.InvoicesOfAmount(
            receipts: payers.map(\.receipt), customers: payers.map(\.customer), reopened: Array(undone.keys))
        for row in try db.run(exact) {
            var candidate = MatchCandidate(
                customer: row.customer, invoice: row.invoice, number: row.number, currency: row.currency,
                openMinor: row.openMinor + undone[row.invoice, default: 0])
            candidate.discountMinor = try row.discountPercent.flatMap { Percent($0) }?.of(row.amountMinor) ?? 0
            found[row.receipt, default: PaymentMatching()].exact.append(candidate)
        }
        let drafts = ReceiptsSQL.DraftsOfAmount(receipts: payments.map(\.receipt), days: DraftCounterpart.days)
        for row in try db.run(drafts) {
            found[row.receipt, default: PaymentMatching()].drafts.append(
                DraftCounterpart(
                    receipt: row.draft, reference: row.reference, customer: row.customer, invoices: Set(row.invoices)))
        }
        return found
    }

    private static func addNumbered(
        of payments: [IncomingPayment], _ undone: [Int: Int], to found: inout [Int: PaymentMatching],
        in db: isolated Connection
    ) throws {
        var references: [Int: Set<String>] = [:]
        var receipts: [Int] = []
        var keys: [String] = []
        for payment in payments {
            let wanted = PaymentMatching.keys(of: payment)
            references[payment.receipt] = Set(wanted.reference)
            for key in Set(wanted.reference + wanted.words) {
                receipts.append(payment.receipt)
                keys.append(key)
            }
        }
        for row in try db.run(ReceiptsSQL.InvoicesByNumber(receipts: receipts, keys: keys)) {
            var candidate = MatchCandidate(
                customer: row.customer, invoice: row.invoice, number: row.number, namesAll: row.namesAll,
                currency: row.currency, openMinor: row.openMinor + undone[row.invoice, default: 0])
            candidate.closedInSourceMinor = row.closedInSourceMinor
            if references[row.receipt]?.contains(row.key) == true {
                found[row.receipt, default: PaymentMatching()].referenced.append(candidate)
            } else {
                found[row.receipt, default: PaymentMatching()].named.append(candidate)
            }
        }
    }

    private static func record(
        _ matches: [(payment: IncomingPayment, match: PaymentMatch)], actor: String?, at now: Date,
        in db: isolated Connection
    ) throws {
        var (customers, waiting, reasons, details): ([Int], [String], [String], [String]) = ([], [], [], [])
        var designations: [ReceiptsSQL.CopyDesignation] = []
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.keyEncodingStrategy = .convertToSnakeCase
        for (payment, match) in matches {
            switch match.outcome {
            case .matched(let customer, _, let reason):
                customers.append(customer)
                waiting.append("")
                reasons.append(reason.rawValue)
                designations += match.designations(of: payment.receipt)
            case .waiting(let reason, let customer):
                customers.append(customer ?? 0)
                waiting.append(reason.rawValue)
                reasons.append(reason.rawValue)
            }
            details.append(String(decoding: try encoder.encode(MatchDetail(match)), as: UTF8.self))
        }
        try db.execute(
            ReceiptsSQL.RecordMatches(
                receipts: matches.map(\.payment.receipt), customers: customers, waiting: waiting, reasons: reasons,
                details: details, at: now, actor: actor))
        try db.copy(designations)
    }
}

extension PaymentMatch {
    /// The invoices that a receipt is meant for.
    func designations(of receipt: Int) -> [ReceiptsSQL.CopyDesignation] {
        guard case .matched(_, let invoices, let reason) = outcome else { return [] }
        return invoices.enumerated().map {
            ReceiptsSQL.CopyDesignation(
                receiptId: receipt, invoiceId: $1, place: $0, reason: reason.rawValue, minor: remitted[$1])
        }
    }
}

extension IncomingPayment {
    fileprivate init(_ row: ReceiptsSQL.PaymentsToMatch.Row) throws {
        self.init(
            receipt: row.id, currency: row.currency, minor: row.minor, structuredReference: row.structuredReference,
            remittance: row.remittance ?? "", customer: row.customer, doubt: row.doubt)
        remitted = try row.remitted.map { try JSONDecoder().decode([RemittedAmount].self, from: Data($0.utf8)) } ?? []
    }
}

/// The why of a match, as its event keeps it: no personal values, only numbers and codes.
private struct MatchDetail: Encodable {
    struct PassedOver: Encodable {
        let number: String
        let customer: Int
        let reason: PaymentMatch.PassedOver
    }

    struct Counterpart: Encodable {
        let receipt: Int
        let reference: String

        /// Nil where there is none.
        static func list(_ counterparts: [DraftCounterpart]) -> [Counterpart]? {
            counterparts.isEmpty
                ? nil : counterparts.prefix(50).map { Counterpart(receipt: $0.receipt, reference: $0.reference) }
        }
    }

    let passedOver: [PassedOver]
    /// Those whose money it may be, and those that may be its money.
    let drafts, payments: [Counterpart]?

    /// A text may name any number of invoices; the first say enough.
    init(_ match: PaymentMatch) {
        (drafts, payments) = (Counterpart.list(match.drafts), Counterpart.list(match.payments))
        passedOver = match.passedOver.prefix(50).map {
            PassedOver(number: $0.candidate.number, customer: $0.candidate.customer, reason: $0.reason)
        }
    }
}
