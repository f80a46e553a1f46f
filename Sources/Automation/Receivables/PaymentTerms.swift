import Domain
import Postgres
import Store

/// What the company's description says about payments.
struct PaymentTerms {
    private let ledger: LedgerPolicy
    private let dunning: DunningPolicy
    private let orders: [String: PaymentOrder]

    /// A company that is not described yet has none of its own.
    static func current(in db: isolated Connection) throws -> PaymentTerms {
        PaymentTerms(try ConfigurationStore.current(in: db)?.company ?? Company(name: ""))
    }

    init(_ company: Company) {
        ledger = company.ledger ?? LedgerPolicy()
        dunning = company.dunning
        orders = company.dunning.procedures.reduce(into: [:]) { $0[$1.name] = $1.payments }
    }

    /// Up to which remainder an item closes, in minor units.
    func tolerance(_ currency: String) throws -> Int { ledger.tolerance(in: try Currency(stored: currency)) }

    func needsApproval(toWriteOff amount: Money) -> Bool { ledger.needsApproval(toWriteOff: amount) }

    func item(_ row: ReceiptsSQL.ItemsToPay.Row) throws -> PayableItem {
        var item = PayableItem(
            id: row.id, number: row.number, issuedOn: row.issuedOn, dueOn: row.dueOn, openMinor: row.openMinor)
        (item.claim, item.claimDueOn, item.askedOn) = (row.claim, row.claimDueOn, row.askedOn)
        item.part =
            switch row.kind {
            case "fee", "compensation": .costs
            case "interest": .interest
            default: .principal
            }
        let procedure = dunning.nameOfProcedure(
            invoice: row.procedure, contract: row.contractProcedure, customer: row.customerProcedure,
            group: row.groupCode, creditor: row.creditorCode)
        item.order = procedure.flatMap { orders[$0] } ?? .costsFirst
        if let percent = row.discountPercent.flatMap({ Percent($0) }), let until = row.discountUntil {
            try item.grantDiscount(percent, of: row.amountMinor, until: until, lateMinor: row.lateMinor)
        }
        return item
    }
}
