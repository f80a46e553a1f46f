import ArgumentParser
import Domain
import Postgres
import Store

struct ReportCEI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cei",
        abstract: "Collection effectiveness index: what was collected of what could be, month by month.",
        discussion: """
            (beginning receivables + sales − ending receivables) ÷ (beginning + sales − ending current) × 100; the last line of \
            a currency is that of all its months together. Formulas and examples: docs/reports.md.
            """)

    @OptionGroup var report: ReportOptions

    @Option(help: "The first month, as 2026-01; otherwise three months are shown.")
    var from: CalendarMonth?

    @Option(help: "The last month; otherwise the last one that is over.")
    var until: CalendarMonth?

    private struct Body: Encodable {
        struct Row: Encodable {
            let currency: String
            let from, until: CalendarDate
            let beginning, sales, ending, endingCurrent: Money
            /// Percent with one decimal; nil where there was nothing to collect.
            let index: String?
        }
        let asOf: CalendarDate
        let team: String?
        let months, periods: [Row]
    }

    func run() async throws {
        let (from, until, team) = (from, until, report.team.team)
        let body = try await report.ask { scope, db in
            let last = until ?? CalendarMonth(of: scope.day).adding(months: -1)
            let first = from ?? last.adding(months: -2)
            guard first <= last, last.first <= scope.day, last < first.adding(months: 120) else {
                throw Problem(
                    .usage, "wrong_months", "from \(first) until \(last), as of \(scope.day): no months to report",
                    advice: "name up to 120 months, the first before the last, none of them in the future")
            }
            let months = try Self.months(from: first, until: last, scope, in: db)
            let currencies = Set(months.map(\.currency)).sorted()
            return Body(
                asOf: scope.day, team: team, months: months,
                periods: currencies.compactMap { code in Self.together(months.filter { $0.currency == code }) })
        }
        var table = Table(
            ("currency", .left), ("from", .left), ("until", .left), ("beginning", .right), ("sales", .right),
            ("ending", .right), ("of it current", .right), ("CEI %", .right))
        for period in body.periods {
            for row in body.months.filter({ $0.currency == period.currency }) + [period] {
                table.add(
                    row.currency, "\(row.from)", "\(row.until)", row.beginning.amount, row.sales.amount,
                    row.ending.amount, row.endingCurrent.amount, row.index ?? "")
            }
        }
        try Answer("report.cei", body, table: table).print(as: report.format)
    }

    private static func months(
        from first: CalendarMonth, until last: CalendarMonth, _ scope: ReportScope, in db: isolated Connection
    ) throws -> [Body.Row] {
        let sales = try ReportStore.sales(scope, per: .currency, days: 1, in: db)
        var before = try ageing(scope.on(first.first.adding(days: -1)), in: db)
        var rows: [Body.Row] = []
        var month = first
        while month <= last {
            let end = min(month.last, scope.day)
            let after = try ageing(scope.on(end), in: db)
            rows += sales.map { sales in
                let (currency, ending) = (sales.currency, after[sales.currency])
                return row(
                    currency, month.first, end,
                    CollectionEffectiveness(
                        beginningMinor: before[currency]?.ledgerMinor ?? 0, billedMinor: sales.billedMinor[month] ?? 0,
                        endingMinor: ending?.ledgerMinor ?? 0,
                        endingCurrentMinor: ending.map { $0.ledgerMinor - $0.overdueMinor } ?? 0))
            }
            before = after
            month = month.adding(months: 1)
        }
        return rows
    }

    private static func ageing(_ scope: ReportScope, in db: isolated Connection) throws -> [Currency: Ageing] {
        Dictionary(uniqueKeysWithValues: try AgeingStore.ageing(scope, in: db).map { ($0.currency, $0) })
    }

    /// From the beginning of the first month to the end of the last.
    private static func together(_ months: [Body.Row]) -> Body.Row? {
        guard let first = months.first, let last = months.last else { return nil }
        return row(
            first.beginning.currency, first.from, last.until,
            CollectionEffectiveness(
                beginningMinor: first.beginning.minor, billedMinor: months.reduce(0) { $0 + $1.sales.minor },
                endingMinor: last.ending.minor, endingCurrentMinor: last.endingCurrent.minor))
    }

    private static func row(
        _ currency: Currency, _ from: CalendarDate, _ until: CalendarDate, _ figures: CollectionEffectiveness
    ) -> Body.Row {
        func money(_ minor: Int) -> Money { Money(minor: minor, currency: currency) }
        return Body.Row(
            currency: currency.code, from: from, until: until, beginning: money(figures.beginningMinor),
            sales: money(figures.billedMinor), ending: money(figures.endingMinor),
            endingCurrent: money(figures.endingCurrentMinor), index: figures.index?.decimal(digits: 1))
    }
}
