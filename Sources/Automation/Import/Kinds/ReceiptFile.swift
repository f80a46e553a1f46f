import Domain
import Foundation
import Postgres
import Store

/// A file of receipts: money that came in, and bank drafts that will be money.
struct ReceiptFile: FileKind {
    private enum Paper: String, CaseIterable { case payment, draft }

    private let reference, creditor, customer, bookedOn, amount, currency, remittance, iban, kind, maturesOn: Field

    init(_ header: inout Header) {
        reference = header.field("reference", isRequired: true)
        bookedOn = header.field("booked_on", isRequired: true)
        amount = header.field("amount", isRequired: true)
        currency = header.field("currency", isRequired: true)
        creditor = header.field("creditor")
        customer = header.field("customer")
        remittance = header.field("remittance")
        iban = header.field("iban")
        kind = header.field("kind")
        maturesOn = header.field("matures_on")
    }

    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> ImportReceiptsSQL.CopyStaged {
        let currency = try self.currency.need(try self.currency.currency(row))
        let amount = try self.amount.need(try self.amount.minorUnits(row, currency, self.currency))
        guard amount > 0 else { throw self.amount.reject(.outOfRange, "0", "a receipt is more than nothing") }
        let bookedOn = try self.bookedOn.need(try self.bookedOn.date(row))
        guard bookedOn <= context.lastDay else {
            throw self.bookedOn.reject(
                .outOfRange, bookedOn.description, "in the future: what has not come in pays nothing")
        }
        let kind = try self.kind.choice(row, of: Paper.self) ?? .payment
        let maturesOn = try self.maturesOn.date(row)
        switch (kind, maturesOn) {
        case (.draft, nil): throw Reject(.missingValue, column: self.maturesOn.name, "a draft matures on some day")
        case (.payment, let day?):
            throw self.maturesOn.reject(.contradiction, day.description, "only a draft matures: say so in 'kind'")
        case (.draft, let day?) where day < bookedOn:
            throw self.maturesOn.reject(.contradiction, day.description, "before it was booked on \(bookedOn)")
        default: break
        }
        return ImportReceiptsSQL.CopyStaged(
            line: row.line, reference: try reference.need(try reference.text(row)), creditor: try creditor.text(row),
            customer: try customer.text(row), bookedOn: bookedOn,
            currency: currency.code,
            amountMinor: amount, remittance: try remittance.text(row),
            iban: try iban.text(row).map { String($0.filter { !$0.isWhitespace }) }, kind: kind.rawValue,
            maturesOn: maturesOn)
    }

    static func makeStaging(in db: isolated Connection) throws {
        try db.execute(ImportReceiptsSQL.CreateStaging())
    }

    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied {
        let (applied, receipts) = try StagedReceipts.apply(source: context.source, file: context.file, in: db)
        try AllocateReceipts.allocate(receipts, at: context.asOf, in: db)
        return applied
    }
}
