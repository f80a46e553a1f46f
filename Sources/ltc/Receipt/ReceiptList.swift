import ArgumentParser
import Domain
import Postgres
import Store

struct ReceiptList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Money that came in, latest first, and what of it is not allocated.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var list: ListOptions

    @Option(help: "Only this customer's (its number).")
    var customer: String?

    @Flag(help: "Only those of which something is not allocated.")
    var unallocated = false

    private struct Body: Encodable {
        struct Receipt: Encodable {
            let reference: String
            let bookedOn: CalendarDate
            let customer: String?
            let amount, unallocated: Money
            let remittance: String?
        }
        let receipts: [Receipt]
    }

    func run() async throws {
        let query = ReceiptsSQL.ListReceipts(
            team: team.team, customer: customer, unallocated: unallocated, most: list.limit)
        let rows = try await database.ask { db in try db.run(query) }
        var table = Table(
            ("receipt", .left), ("booked", .left), ("customer", .left), ("name", .left), ("amount", .right),
            ("unallocated", .right), ("currency", .left), ("remittance", .left))
        let receipts = try rows.map { row in
            let amount = try money(row.amountMinor, row.currency)
            let rest = try money(row.amountMinor - row.allocatedMinor, row.currency)
            table.add(
                row.reference, "\(row.bookedOn)", row.customer ?? "", row.customerName ?? "", amount.amount,
                rest.amount,
                row.currency, row.remittance ?? "")
            return Body.Receipt(
                reference: row.reference, bookedOn: row.bookedOn, customer: row.customer, amount: amount,
                unallocated: rest, remittance: row.remittance)
        }
        try Answer("receipt.list", Body(receipts: receipts), table: table).print(as: format)
    }
}
