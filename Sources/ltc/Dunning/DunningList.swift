import ArgumentParser
import Domain
import Postgres
import Store

struct DunningList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Notices, latest first.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var list: ListOptions

    @Option(help: "Only this customer's (its number).")
    var customer: String?

    @Option(help: "Only those in this state: proposed waits for approval; approved, sent, held, cancelled, …")
    var state: String?

    @Option(help: "Only those of this run.")
    var run: Int?

    private struct Body: Encodable {
        struct Notice: Encodable {
            let notice: Int
            let number: String?
            let runDate: CalendarDate
            let creditor, customer, customerName, currency: String
            let level, items: Int
            let state: String
            let reason, channelReason: String?
            let channel: String
            let open, charges, interest, compensation, fee, credit, total: Money
        }
        let notices: [Notice]
    }

    func run() async throws {
        let query = DunningSQL.ListNotices(
            team: team.team, customer: customer, state: state, run: run, most: list.limit)
        let rows = try await database.ask { db in try db.run(query) }
        var table = Table(
            ("notice", .right), ("number", .left), ("date", .left), ("customer", .left), ("name", .left),
            ("level", .right), ("invoices", .right), ("total", .right), ("currency", .left), ("channel", .left),
            ("state", .left),
            ("reason", .left))
        let notices = try rows.map { row in
            func amount(_ minor: Int) throws -> Money { try money(minor, row.currency) }
            let total = try amount(row.totalMinor)
            table.add(
                "\(row.id)", row.number ?? "", "\(row.runDate)", row.customer, row.customerName, "\(row.level)",
                "\(row.items)", total.amount, row.currency, row.channel, row.state, row.reason ?? "")
            return Body.Notice(
                notice: row.id, number: row.number, runDate: row.runDate, creditor: row.creditor,
                customer: row.customer,
                customerName: row.customerName, currency: row.currency, level: row.level, items: row.items,
                state: row.state, reason: row.reason, channelReason: row.channelReason, channel: row.channel,
                open: try amount(row.openMinor), charges: try amount(row.chargesMinor),
                interest: try amount(row.interestMinor), compensation: try amount(row.compensationMinor),
                fee: try amount(row.feeMinor), credit: try amount(row.creditMinor), total: total)
        }
        list.tell(rows.count)
        try Answer("dunning.list", Body(notices: notices), table: table).print(as: format)
    }
}
