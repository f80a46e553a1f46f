import ArgumentParser
import Domain
import Postgres
import Store

struct ReportAgeing: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ageing",
        abstract: "What is owed, by age and currency; the buckets less what is unallocated are the ledger.",
        discussion: """
            --as-of asks what was owed on a day, payments that were recorded later but effective by then included; \
            --known-at asks what was known at an instant. Formulas and examples: docs/reports.md.
            """)

    @OptionGroup var report: ReportOptions

    @Option(help: "A line for each of these, beside each currency: currency, customer, team or creditor.")
    var per: ReportGrouping = .currency

    @Option(help: "Age since the due date, or since the issue of what is overdue: due or issued.")
    var by: AgeingBasis = .due

    @Option(help: "Only what this customer owes (its number).")
    var customer: String?

    private struct Head: Encodable {
        let asOf: CalendarDate
        let team, customer: String?
        let by: AgeingBasis
    }

    private struct Row: Encodable {
        let customer, customerName, team, creditor: String?
        let currency: String
        let buckets: [String: Money]
        let unallocated, ledgerTotal: Money
        let invoices: Int
    }

    func run() async throws {
        let (per, by, team, customer, format) = (per, by, report.team.team, customer, report.format)
        try await report.ask(customer: customer) { scope, db in
            let buckets = try AgeingStore.buckets(team: team, in: db)
            var rows = try RowStream<Row>(
                "report.ageing", Head(asOf: scope.day, team: team, customer: customer, by: by),
                rows: per == .currency ? "currencies" : "\(per)s", per.headings + Self.headings(buckets), as: format)
            try AgeingStore.stream(scope, per: per, by: by, buckets: buckets, in: db) { group, ageing in
                func money(_ minor: Int) -> Money { Money(minor: minor, currency: ageing.currency) }
                let amounts = ageing.minors.map(money)
                let row = Row(
                    customer: group.customer, customerName: group.customerName, team: group.team,
                    creditor: group.creditor, currency: ageing.currency.code,
                    buckets: Dictionary(uniqueKeysWithValues: zip(buckets.names, amounts)),
                    unallocated: money(ageing.unallocatedMinor), ledgerTotal: money(ageing.ledgerMinor),
                    invoices: ageing.items)
                try rows.add(
                    row,
                    group.cells(per) + [row.currency] + amounts.map(\.amount)
                        + [row.unallocated.amount, row.ledgerTotal.amount, "\(row.invoices)"])
            }
            rows.end()
        }
    }

    private static func headings(_ buckets: AgeingBuckets) -> [(String, Table.Alignment)] {
        let names = buckets.names.map { $0.replacing("_", with: " ") }
        return [("currency", .left)] + (names + ["unallocated", "ledger", "invoices"]).map { ($0, .right) }
    }
}

extension ReportGrouping {
    var headings: [(String, Table.Alignment)] {
        switch self {
        case .currency: []
        case .customer: [("customer", .left), ("name", .left)]
        case .team: [("team", .left)]
        case .creditor: [("creditor", .left)]
        }
    }
}

extension ReportGroup {
    /// What stands under the grouping's headings.
    func cells(_ grouping: ReportGrouping) -> [String] {
        switch grouping {
        case .currency: []
        case .customer: [customer ?? "", customerName ?? ""]
        case .team: [team ?? ""]
        case .creditor: [creditor ?? ""]
        }
    }
}
