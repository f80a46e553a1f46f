import ArgumentParser
import Domain
import Postgres
import Store

struct ReportDSO: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dso",
        abstract: "Days sales outstanding: by the countback method, and by receivables ÷ sales × days.",
        discussion: """
            Sales are what was billed, invoices and charges less credit notes. Formulas and examples: docs/reports.md.
            """)

    @OptionGroup var report: ReportOptions

    @Option(help: "A line for each of these, beside each currency: currency, customer, team or creditor.")
    var per: ReportGrouping = .currency

    @Option(help: "How many last days' sales the simple method takes.")
    var days = 90

    func validate() throws {
        if !(1...3_650).contains(days) { throw ValidationError("--days is from 1 to 3650") }
    }

    private struct Body: Encodable {
        struct Row: Encodable {
            let customer, customerName, team, creditor: String?
            let currency: String
            let receivables, sales: Money
            /// Days with one decimal; nil where there were too few sales, which `reason` says.
            let simple, countback: String?
            let reason: String?
        }
        let asOf: CalendarDate
        let team: String?
        let days: Int
        let rows: [Row]
    }

    func run() async throws {
        let (per, days, team) = (per, days, report.team.team)
        let body = try await report.ask { scope, db in
            let sales = try ReportStore.sales(scope, per: per, days: days, in: db)
            return Body(asOf: scope.day, team: team, days: days, rows: sales.map { Self.row($0, days: days) })
        }
        var table = Table(
            per.headings + [
                ("currency", .left), ("receivables", .right), ("sales of \(days) days", .right), ("simple", .right),
                ("countback", .right),
            ])
        for row in body.rows {
            let group = ReportGroup(
                customer: row.customer, customerName: row.customerName, creditor: row.creditor, team: row.team
            ).cells(per)
            table.add(
                group + [
                    row.currency, row.receivables.amount, row.sales.amount, row.simple ?? "", row.countback ?? "",
                ])
        }
        try Answer("report.dso", body, table: table).print(as: report.format)
    }

    private static func row(_ sales: ReportStore.Sales, days: Int) -> Body.Row {
        let simple = DaysSalesOutstanding.simple(
            receivablesMinor: sales.receivablesMinor, billedMinor: sales.latelyMinor, days: days)
        let countback = DaysSalesOutstanding.countback(receivablesMinor: sales.receivablesMinor, months: sales.months)
        return Body.Row(
            customer: sales.group.customer, customerName: sales.group.customerName, team: sales.group.team,
            creditor: sales.group.creditor, currency: sales.currency.code,
            receivables: Money(minor: sales.receivablesMinor, currency: sales.currency),
            sales: Money(minor: sales.latelyMinor, currency: sales.currency), simple: simple?.decimal(digits: 1),
            countback: countback?.decimal(digits: 1),
            reason: simple == nil || countback == nil ? "too_few_sales" : nil)
    }
}
