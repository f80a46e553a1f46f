import Domain
import Foundation
import Postgres
import Store

/// A file of invoices and credit notes.
struct InvoiceFile: FileKind {
    private enum Paper: String, CaseIterable {
        case invoice
        case creditNote = "credit-note"
    }

    private let number, instalment, customer, creditor, team, contract, kind, issuedOn, dueOn, amount, currency,
        open: Field
    private let level, lastNoticeOn, discount, discountUntil, procedure, credits: Field

    init(_ header: inout Header) {
        number = header.field("number", isRequired: true)
        instalment = header.field("instalment")
        customer = header.field("customer", isRequired: true)
        creditor = header.field("creditor")
        team = header.field("team")
        contract = header.field("contract")
        issuedOn = header.field("issued_on", isRequired: true)
        dueOn = header.field("due_on", isRequired: true)
        amount = header.field("amount", isRequired: true)
        currency = header.field("currency", isRequired: true)
        kind = header.field("kind")
        open = header.field("open_amount")
        level = header.field("dunning_level")
        lastNoticeOn = header.field("last_notice_on")
        discount = header.field("discount_percent")
        discountUntil = header.field("discount_until")
        procedure = header.field("procedure")
        credits = header.field("credits")
    }

    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> ImportInvoicesSQL.CopyStaged {
        let currency = try self.currency.need(try self.currency.currency(row))
        let amount = try self.amount.need(try self.amount.minorUnits(row, currency, self.currency))
        guard amount > 0 else { throw self.amount.reject(.outOfRange, "0", "an invoice is about more than nothing") }
        let open = try self.open.minorUnits(row, currency, self.currency) ?? amount
        guard open <= amount else {
            let text = Money(minor: open, currency: currency).amount
            throw self.open.reject(.contradiction, text, "more is open than was invoiced")
        }
        let issuedOn = try self.issuedOn.need(try self.issuedOn.date(row))
        let dueOn = try self.dueOn.need(try self.dueOn.date(row))
        guard dueOn >= issuedOn else {
            throw self.dueOn.reject(.contradiction, dueOn.description, "due before it was issued on \(issuedOn)")
        }
        let kind = try self.kind.choice(row, of: Paper.self) ?? .invoice
        let credits = try self.credits.text(row)
        if let credits, kind == .invoice {
            throw self.credits.reject(
                .contradiction, credits, "only a credit note corrects an invoice: say so in 'kind'")
        }
        let (percent, until) = (try discount.percent(row, in: 0...100), try discountUntil.date(row))
        if let until, until < issuedOn {
            throw discountUntil.reject(.contradiction, until.description, "before it was issued on \(issuedOn)")
        }
        if until != nil, percent == nil {
            throw Reject(
                .missingValue, column: discount.name, "a discount that may be kept until a day has a percentage")
        }
        let noticed = try lastNoticeOn.date(row)
        // It would keep the whole account from being dunned until then.
        let known = context.openItems?.day ?? CalendarDate(utc: context.asOf.addingTimeInterval(86_400))
        if let noticed, noticed > known {
            throw lastNoticeOn.reject(.outOfRange, noticed.description, "a notice of a day to come")
        }
        let number = try self.number.need(try self.number.text(row))
        let part = try part(row)
        return ImportInvoicesSQL.CopyStaged(
            line: row.line, number: part.map { "\(number)/\($0)" } ?? number,
            instalmentOf: part.map { _ in number },
            customer: try customer.need(try customer.text(row)),
            creditor: try creditor.text(row), team: try team.text(row), contract: try contract.text(row),
            kind: kind.rawValue, issuedOn: issuedOn, dueOn: dueOn,
            currency: currency.code, amountMinor: amount, openMinor: open,
            dunningLevel: try level.integer(row, in: 0...9) ?? 0,
            lastNoticeOn: noticed, discountPercent: percent, discountUntil: until,
            procedure: try procedure.text(row), credits: credits)
    }

    /// Which part of the invoice it is.
    private func part(_ row: Row) throws(Reject) -> String? {
        guard let text = try instalment.text(row) else { return nil }
        guard text.count <= 12, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw instalment.reject(.outOfRange, text, "not up to twelve letters and digits such as 2")
        }
        return text
    }

    static func makeStaging(in db: isolated Connection) throws {
        try db.execute(ImportInvoicesSQL.CreateStaging())
        try db.execute(ImportInvoicesSQL.IndexStaging())
    }

    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied {
        if let list = context.openItems, list.day > CalendarDate(utc: context.asOf.addingTimeInterval(86_400)) {
            throw Problem(
                .inputRefused, "day_to_come", "\(list.day) is still to come", place: "--on",
                advice: "say as of which day the list is")
        }
        let result = try StagedInvoices.apply(
            source: context.source, file: context.file, list: context.openItems, at: context.asOf, in: db)
        try setOff(result.creditNotes, at: context.asOf, in: db)
        return result.applied
    }

    /// Credit notes against the invoices that they correct, one after the other, as much as both have.
    private static func setOff(
        _ rows: [ImportInvoicesSQL.CreditNotesToSetOff.Row], at now: Date, in db: isolated Connection
    ) throws {
        var (open, left): ([Int: Int], [Int: Int]) = ([:], [:])
        let allocations = rows.compactMap { row -> ReceiptsSQL.CopyAllocation? in
            let owed = open[row.invoice] ?? row.openMinor
            let credit = left[row.creditNote] ?? row.creditMinor
            let minor = min(credit, owed)
            guard minor > 0 else { return nil }
            open[row.invoice] = owed - minor
            left[row.creditNote] = credit - minor
            return ReceiptsSQL.CopyAllocation(
                receiptId: nil, creditNoteId: row.creditNote, invoiceId: row.invoice, amountMinor: minor,
                reason: Allocation.Reason.creditNote.rawValue, effectiveOn: row.effectiveOn, paidOn: nil)
        }
        if !allocations.isEmpty { try AllocateReceipts.record(allocations, actor: nil, at: now, in: db) }
    }
}
