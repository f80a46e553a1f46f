import ArgumentParser
import Automation
import Domain
import Postgres
import Store

struct InvoiceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Invoices and credit notes, the longest due first.",
        discussion: "With --as-of or --known-at, what was open then; the levels are those of now.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var list: ListOptions

    @Option(help: "Only this customer's (its number).")
    var customer: String?

    @Flag(help: "Only those of which something is open.")
    var open = false

    @Flag(help: "Only those that are open and overdue.")
    var overdue = false

    @Option(help: "Only what was recorded by then: a date or an instant.")
    var knownAt: WhenArgument?

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
        let (asOf, knownAt) = (asOf, knownAt?.value)
        let rows = try await database.ask { [team, customer, open, overdue, list] db in
            let scope = try ReportOptions.scope(
                team: team.team, customer: nil, asOf: asOf.value, known: knownAt, in: db)
            let isPast = asOf.asOf != nil || knownAt != nil
            return try db.run(
                InvoicesSQL.ListInvoices(
                    team: team.team, customer: customer, onlyOpen: open, overdueOn: overdue ? scope.day : nil,
                    day: isPast ? scope.day : nil, known: scope.known, most: list.limit))
        }
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
