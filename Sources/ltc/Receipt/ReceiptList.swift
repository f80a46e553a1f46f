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

    @Flag(help: "Only those that wait for a person, and for what.")
    var waiting = false

    private struct Body: Encodable {
        struct Receipt: Encodable {
            let id: Int
            let reference: String
            let bookedOn: CalendarDate
            let customer: String?
            let amount, unallocated: Money
            let remittance: String?
            let waiting: String?
            let isReversed: Bool
        }
        let receipts: [Receipt]
    }

    func run() async throws {
        let query = ReceiptsSQL.ListReceipts(
            team: team.team, customer: customer, unallocated: unallocated, onlyWaiting: waiting,
            most: list.limit)
        let rows = try await database.ask { db in try db.run(query) }
        var table = Table(
            ("id", .right), ("receipt", .left), ("booked", .left), ("customer", .left), ("name", .left),
            ("amount", .right),
            ("unallocated", .right), ("currency", .left), ("state", .left), ("remittance", .left))
        let receipts = try rows.map { row in
            let amount = try money(row.amountMinor, row.currency)
            let rest = try money(row.amountMinor - row.allocatedMinor, row.currency)
            table.add(
                "\(row.id)", row.reference, "\(row.bookedOn)", row.customer ?? "", row.customerName ?? "",
                amount.amount,
                rest.amount,
                row.currency, row.waiting ?? (row.isReversed ? "reversed" : ""),
                (row.remittance ?? "").replacing("\n", with: " / "))
            return Body.Receipt(
                id: row.id, reference: row.reference, bookedOn: row.bookedOn, customer: row.customer, amount: amount,
                unallocated: rest, remittance: row.remittance, waiting: row.waiting, isReversed: row.isReversed)
        }
        try Answer("receipt.list", Body(receipts: receipts), table: table).print(as: format)
    }
}
