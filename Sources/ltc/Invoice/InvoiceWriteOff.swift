import ArgumentParser
import Automation
import Domain
import Postgres
import Store

struct InvoiceWriteOff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write-off", abstract: "Give up what an invoice owes, whole or in part.",
        discussion: """
            Up to the limit that the company's description sets for the currency (ledger: write_off_above) it is done at \
            once; above it, it waits until somebody else says --approve or --reject. --reverse takes it back.
            """)

    enum Decision: String, EnumerableFlag {
        case approve, reject, reverse

        static func help(for value: Decision) -> ArgumentHelp? {
            switch value {
            case .approve: "Somebody else than who proposed it agrees."
            case .reject: "It stays owed."
            case .reverse: "It is owed again, at its old dunning level."
            }
        }
    }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The invoice's number.")
    var number: String

    @Option(help: "A decimal in the invoice's currency; otherwise all that is open.")
    var amount: String?

    @Option(help: "Why, as a short code such as insolvency.")
    var reason: String?

    @Option(help: "The day for which it is booked; otherwise today.")
    var on: CalendarDate?

    @Flag(exclusivity: .exclusive)
    var decision: Decision?

    @Flag(help: "Do everything, show it, and roll it back.")
    var dryRun = false

    func validate() throws {
        if reason == nil, decision == nil || decision == .reverse { throw ValidationError("say why: --reason CODE") }
        if amount != nil, decision != nil { throw ValidationError("--amount is for a new write-off") }
        if on != nil, decision == .approve || decision == .reject {
            throw ValidationError("--on was said when it was proposed")
        }
    }

    private struct Body: Encodable {
        let invoice: String
        let writeOffs: [WriteOff]
    }

    func run() async throws {
        let (number, amount, reason, on, decision) = (number, amount, reason, on, decision)
        let (when, isPreview) = (asOf.value, dryRun)
        let done = try await database.withPool { pool in
            try await pool.transaction(.init(rollsBack: isPreview)) { db -> [WriteOff] in
                switch decision {
                case nil:
                    [
                        try WriteOffDesk.propose(
                            number, amount: amount, reason: reason ?? "", on: on, actor: actor(), asOf: when, in: db)
                    ]
                case .approve: [try WriteOffDesk.approve(number, actor: actor(), asOf: when, in: db)]
                case .reject: [try WriteOffDesk.reject(number, reason: reason, actor: actor(), asOf: when, in: db)]
                case .reverse:
                    try WriteOffDesk.reverse(
                        number, reason: reason ?? "", on: on, actor: actor(), asOf: when, in: db)
                }
            }
        }
        try Answer("invoice.write-off", Body(invoice: number, writeOffs: done)) {
            done.map { "\(number): write-off of \($0.amount) for \($0.effectiveOn) is \($0.state)\($0.hint(number))" }
                .joined(separator: "\n")
        }.print(as: format)
    }
}

extension WriteOff {
    fileprivate func hint(_ number: String) -> String {
        state == "proposed" ? ": somebody else says ltc invoice write-off \(number) --approve" : ""
    }
}

struct InvoiceWriteOffs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write-offs", abstract: "Write-offs that wait for approval, or all.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var list: ListOptions

    @Flag(help: "Those that were decided too.")
    var all = false

    private struct Body: Encodable {
        struct Row: Encodable {
            let id: Int
            let invoice, customer, customerName: String
            let amount, open: Money
            let reason: String
            let effectiveOn: CalendarDate
            let state, proposedBy: String
            let decidedBy: String?
        }
        let writeOffs: [Row]
    }

    func run() async throws {
        let query = LedgerSQL.ListWriteOffs(team: team.team, state: all ? nil : "proposed", most: list.limit)
        let rows = try await database.ask { db in try db.run(query) }
        var table = Table(
            ("invoice", .left), ("customer", .left), ("name", .left), ("amount", .right), ("open", .right),
            ("currency", .left), ("for", .left), ("reason", .left), ("state", .left), ("by", .left))
        let writeOffs = try rows.map { row in
            let (amount, open) = (try money(row.amountMinor, row.currency), try money(row.openMinor, row.currency))
            table.add(
                row.invoice, row.customer, row.customerName, amount.amount, open.amount, row.currency,
                "\(row.effectiveOn)", row.reason, row.state,
                row.proposedBy + (row.decidedBy.map { ", \($0)" } ?? ""))
            return Body.Row(
                id: row.id, invoice: row.invoice, customer: row.customer, customerName: row.customerName,
                amount: amount, open: open, reason: row.reason, effectiveOn: row.effectiveOn, state: row.state,
                proposedBy: row.proposedBy, decidedBy: row.decidedBy)
        }
        try Answer("invoice.write-offs", Body(writeOffs: writeOffs), table: table).print(as: format)
    }
}
