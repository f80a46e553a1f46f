import ArgumentParser
import Automation
import Delivery
import Domain
import Foundation
import Postgres
import Store

struct ReconciliationList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Letters that asked for a balance; those without an answer, unless others are named.")

    enum State: String, ExpressibleByArgument, CaseIterable { case open, confirmed, differs, superseded, all }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var list: ListOptions

    @Option(help: "Only about this month, as 2026-10.")
    var month: CalendarMonth?

    @Option(help: "Only this customer's (its number).")
    var customer: String?

    @Option(help: "open, confirmed, differs, superseded or all.")
    var state: State = .open

    private struct Body: Encodable {
        let reconciliations: [ReconciliationRow]
    }

    func run() async throws {
        let (team, number, month, state, limit) = (team.team, customer, month, state, list.limit)
        let rows = try await database.ask { db in
            let scope = try ReportOptions.scope(
                team: team, customer: number, asOf: .instant(Date()), known: nil, in: db)
            let query = ReconciliationsSQL.ListReconciliations(
                team: scope.team, customer: scope.customer, day: month?.last, number: nil,
                state: state == .all ? nil : state.rawValue, most: limit)
            return try db.run(query).map(ReconciliationRow.init)
        }
        var table = Table(
            ("letter", .left), ("creditor", .left), ("customer", .left), ("name", .left), ("balance on", .left),
            ("balance", .right), ("currency", .left), ("state", .left), ("answered", .left), ("theirs", .right),
            ("note", .left))
        for row in rows {
            table.add(
                row.number, row.creditor, row.customer, row.customerName, "\(row.balanceOn)", row.balance.amount,
                row.balance.currency.code, row.state, row.answeredOn?.description ?? "", row.theirs?.amount ?? "",
                row.note ?? "")
        }
        list.tell(rows.count)
        try Answer("reconciliation.list", Body(reconciliations: rows), table: table).print(as: format)
    }
}

struct ReconciliationRow: Encodable {
    let number, creditor, customer, customerName: String
    let balanceOn: CalendarDate
    let revision: Int
    let balance: Money
    /// `open`, `confirmed`, `differs` or `superseded`.
    let state: String
    let answeredOn: CalendarDate?
    /// By the customer's books, and how much more than ours that is.
    let theirs, difference: Money?
    let note: String?

    init(_ row: ReconciliationsSQL.ListReconciliations.Row) throws {
        (number, creditor, customer, customerName) = (row.number, row.creditor, row.customer, row.customerName)
        (balanceOn, revision, state, answeredOn) = (row.balanceOn, row.revision, row.state, row.answeredOn)
        balance = try money(row.balanceMinor, row.currency)
        theirs = try Money(row.theirMinor, row.currency)
        difference = try Money(row.theirMinor.map { $0 - row.balanceMinor }, row.currency)
        note = row.note
    }
}

struct ReconciliationShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A letter, what its balance is made of, and the customer's answer.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The letter's number.")
    var number: String

    private struct Body: Encodable {
        struct Item: Encodable {
            let kind, number: String
            let day: CalendarDate
            let dueOn: CalendarDate?
            let amount: Money
        }
        let reconciliation: ReconciliationRow
        let items: [Item]
    }

    func run() async throws {
        let query = ReconciliationsSQL.ListReconciliations(
            team: nil, customer: nil, day: nil, number: number, state: nil, most: 1)
        let body = try await database.ask { [number] db in
            guard let row = try db.first(query) else {
                throw Problem(
                    .refused, "no_such_reconciliation", "there is no letter '\(number)'",
                    advice: "ltc reconciliation list")
            }
            let items = try db.one(ReconciliationsSQL.ItemsOf(reconciliation: row.id)).items
            return Body(
                reconciliation: try ReconciliationRow(row),
                items: try JSONDecoder().decode([ReconciliationLetter.Item].self, from: Data(items.utf8)).map {
                    .init(
                        kind: $0.kind, number: $0.number, day: $0.day, dueOn: $0.dueOn,
                        amount: try money($0.minor, row.currency))
                })
        }
        var table = Table(("item", .left), ("kind", .left), ("date", .left), ("due", .left), ("amount", .right))
        for item in body.items {
            table.add(
                item.number, item.kind, "\(item.day)", item.dueOn?.description ?? "", item.amount.amount)
        }
        let row = body.reconciliation
        try Answer("reconciliation.show", body, table: table) {
            facts([
                ("letter", row.number), ("creditor", row.creditor), ("customer", "\(row.customer) \(row.customerName)"),
                ("balance", "\(row.balance) on \(row.balanceOn)"), ("state", row.state),
                ("answered", row.answeredOn?.description), ("theirs", row.theirs?.description),
                ("difference", row.difference?.description), ("note", row.note),
            ]) + "\n" + table.description
        }.print(as: format)
    }
}
