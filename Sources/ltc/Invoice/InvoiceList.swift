import ArgumentParser
import Automation
import Domain
import Postgres
import Store

struct InvoiceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Invoices and credit notes, the longest due first.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var list: ListOptions

    @Option(help: "Only this customer's (its number).")
    var customer: String?

    @Flag(help: "Only those of which something is open.")
    var open = false

    @Flag(help: "Only those that are open now and overdue on the day of --as-of.")
    var overdue = false

    private struct Body: Encodable {
        struct Invoice: Encodable {
            let invoice, kind, creditor, customer, customerName: String
            let issuedOn, dueOn: CalendarDate
            let amount, open: Money
            let level: Int
            let lastNoticeOn: CalendarDate?
        }
        let invoices: [Invoice]
    }

    func run() async throws {
        let query = InvoicesSQL.ListInvoices(
            team: team.team, customer: customer, onlyOpen: open, overdueOn: overdue ? asOf.value.day(in: "GMT") : nil,
            most: list.limit)
        let rows = try await database.ask { db in try db.run(query) }
        var table = Table(
            ("invoice", .left), ("kind", .left), ("customer", .left), ("name", .left), ("due", .left),
            ("amount", .right),
            ("open", .right), ("currency", .left), ("level", .right), ("last notice", .left))
        let invoices = try rows.map { row in
            let (amount, open) = (try money(row.amountMinor, row.currency), try money(row.openMinor, row.currency))
            table.add(
                row.number, row.kind, row.customer, row.customerName, "\(row.dueOn)", amount.amount, open.amount,
                row.currency,
                "\(row.dunningLevel)", row.lastNoticeOn?.description ?? "")
            return Body.Invoice(
                invoice: row.number, kind: row.kind, creditor: row.creditor, customer: row.customer,
                customerName: row.customerName, issuedOn: row.issuedOn, dueOn: row.dueOn, amount: amount, open: open,
                level: row.dunningLevel, lastNoticeOn: row.lastNoticeOn)
        }
        list.tell(rows.count)
        try Answer("invoice.list", Body(invoices: invoices), table: table).print(as: format)
    }
}
