import ArgumentParser
import Domain
import Postgres
import Store

struct ReportCash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cash",
        abstract: "What is expected to come in, week by week: on due dates, on promised days, from drafts that mature.",
        discussion: """
            What is disputed, held, or overdue and not promised stands apart; all parts together are what is owed. Weeks begin \
            on Mondays, the first one with the day itself. docs/reports.md has an example.
            """)

    @OptionGroup var report: ReportOptions

    @Option(help: "How many weeks.")
    var weeks = 13

    @Option(help: "Only from this customer (its number).")
    var customer: String?

    func validate() throws {
        if !(1...104).contains(weeks) { throw ValidationError("--weeks is from 1 to 104") }
    }

    private struct Body: Encodable {
        struct Week: Encodable {
            let from, until: CalendarDate
            let due, promised, drafts, expected: Money
        }
        struct Row: Encodable {
            let currency: String
            let weeks: [Week]
            let later, overdue, disputed, held, owed: Money
        }
        let asOf: CalendarDate
        let team, customer: String?
        let currencies: [Row]
    }

    func run() async throws {
        let (weeks, team, customer) = (weeks, report.team.team, customer)
        let body = try await report.ask(customer: customer) { scope, db in
            let tolerance = try ConfigurationStore.current(in: db)?.company.dunning.promiseTolerance ?? 0
            let cash = try ReportStore.expectedCash(scope, weeks: weeks, tolerance: tolerance, in: db)
            return Body(asOf: scope.day, team: team, customer: customer, currencies: cash.map(Self.row))
        }
        var table = Table(
            ("currency", .left), ("from", .left), ("until", .left), ("due", .right), ("promised", .right),
            ("drafts", .right), ("expected", .right))
        for row in body.currencies {
            for week in row.weeks {
                table.add(
                    row.currency, "\(week.from)", "\(week.until)", week.due.amount, week.promised.amount,
                    week.drafts.amount, week.expected.amount)
            }
            for (part, amount) in [
                ("later", row.later), ("overdue", row.overdue), ("disputed", row.disputed), ("held", row.held),
                ("owed", row.owed),
            ] { table.add(row.currency, part, "", "", "", "", amount.amount) }
        }
        try Answer("report.cash", body, table: table).print(as: report.format)
    }

    private static func row(_ cash: ExpectedCash) -> Body.Row {
        func money(_ minor: Int) -> Money { Money(minor: minor, currency: cash.currency) }
        return Body.Row(
            currency: cash.currency.code,
            weeks: cash.weeks.map {
                .init(
                    from: $0.from, until: $0.until, due: money($0.dueMinor), promised: money($0.promisedMinor),
                    drafts: money($0.draftsMinor), expected: money($0.expectedMinor))
            },
            later: money(cash.laterMinor), overdue: money(cash.overdueMinor), disputed: money(cash.disputedMinor),
            held: money(cash.heldMinor), owed: money(cash.owedMinor))
    }
}
