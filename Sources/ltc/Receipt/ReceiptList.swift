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

    @Flag(help: "Only bank drafts.")
    var drafts = false

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
            /// `payment` or `draft`.
            let kind: String
            let maturesOn: CalendarDate?
        }
        /// Entries that took money back and wait for their receipt; only with `--waiting`.
        struct Reversal: Encodable {
            let entry: Int
            let statement, account: String
            let bookedOn: CalendarDate
            let amount: Money
            let endToEnd, serviceReference, remittance: String?
        }
        let receipts: [Receipt]
        let reversals: [Reversal]?
    }

    func run() async throws {
        let query = ReceiptsSQL.ListReceipts(
            team: team.team, customer: customer, unallocated: unallocated, onlyWaiting: waiting, onlyDrafts: drafts,
            most: list.limit)
        let open = BankStatementsSQL.OpenReversals(team: team.team, most: list.limit)
        let (rows, entries) = try await database.ask { [waiting] db in
            try (db.run(query), waiting ? db.run(open) : [])
        }
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
                row.currency,
                row.waiting
                    ?? (row.isReversed ? "reversed" : row.maturesOn.map { "draft, matures \($0)" } ?? ""),
                (row.remittance ?? "").replacing("\n", with: " / "))
            return Body.Receipt(
                id: row.id, reference: row.reference, bookedOn: row.bookedOn, customer: row.customer, amount: amount,
                unallocated: rest, remittance: row.remittance, waiting: row.waiting, isReversed: row.isReversed,
                kind: row.kind, maturesOn: row.maturesOn)
        }
        let reversals = try entries.map {
            Body.Reversal(
                entry: $0.entry, statement: $0.statement, account: $0.account, bookedOn: $0.bookedOn,
                amount: try money($0.amountMinor, $0.currency), endToEnd: $0.endToEnd,
                serviceReference: $0.serviceReference, remittance: $0.remittance)
        }
        list.tell(receipts.count)
        let body = Body(receipts: receipts, reversals: waiting ? reversals : nil)
        let text = table.description + Self.words(reversals)
        for row in reversals {
            table.add(
                "", "entry \(row.entry)", "\(row.bookedOn)", "", "", "-\(row.amount.amount)", "",
                "\(row.amount.currency)",
                "reversal", (row.remittance ?? "").replacing("\n", with: " / "))
        }
        try Answer("receipt.list", body, table: table) { text }.print(as: format)
    }

    private static func words(_ reversals: [Body.Reversal]) -> String {
        guard !reversals.isEmpty else { return "" }
        var table = Table(
            ("entry", .right), ("statement", .left), ("booked", .left), ("amount", .right), ("end to end", .left),
            ("remittance", .left))
        for row in reversals {
            table.add(
                "\(row.entry)", row.statement, "\(row.bookedOn)", "\(row.amount)", row.endToEnd ?? "",
                row.remittance ?? "")
        }
        return
            "\nMoney went back, of receipts that are not certain (ltc receipt reverse ID… --entry ENTRY --reason …, or dismiss ENTRY --reason …):\n\(table)"
    }
}
