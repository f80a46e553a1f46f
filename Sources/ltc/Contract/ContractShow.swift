import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres
import Store

struct ContractShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One contract: its term, its notice deadline, its alerts and its invoices.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The contract's number.")
    var number: String

    private struct Body: Encodable {
        struct Alert: Encodable {
            let rung: Int
            let noticeDeadline, termEndsOn: CalendarDate
            let recipient: String
            let opportunity: Int?
            let alertedAt: Date
        }
        struct Invoice: Encodable {
            let invoice: String
            let dueOn: CalendarDate
            let amount, open: Money
            let level: Int
        }
        let contract, title, customer, customerName, team: String
        let owner: String?
        let state: String
        let startsOn: CalendarDate
        let endsOn: CalendarDate?
        let renewal: String
        let noticePeriod: String?
        let reviewOn: CalendarDate?
        /// The working day by which somebody must act; nil without a configuration or without an end.
        let noticeDeadline: CalendarDate?
        let amount: Money?
        let alerts: [Alert]
        let invoices: [Invoice]
    }

    func run() async throws {
        let body = try await database.ask { [number] db in try Self.load(number, in: db) }
        try Answer("contract.show", body) { Self.words(body) }.print(as: format)
    }

    private static func load(_ number: String, in db: isolated Connection) throws -> Body {
        guard let row = try db.run(ContractsSQL.ShowContract(number: number)).first else {
            throw Problem(.refused, "no_such_contract", "there is no contract '\(number)'", advice: "ltc contract list")
        }
        return Body(
            contract: row.number, title: row.title, customer: row.customer, customerName: row.customerName,
            team: row.team, owner: row.owner, state: row.state, startsOn: row.startsOn, endsOn: row.endsOn,
            renewal: row.renewal, noticePeriod: row.noticePeriod, reviewOn: row.reviewOn,
            noticeDeadline: try deadline(of: row, in: db), amount: try Money(row.amountMinor, row.currency),
            alerts: try db.run(ContractsSQL.AlertsOf(contract: row.id)).map {
                .init(
                    rung: $0.rung, noticeDeadline: $0.noticeDeadline, termEndsOn: $0.termEndsOn, recipient: $0.member,
                    opportunity: $0.opportunity, alertedAt: $0.alertedAt)
            },
            invoices: try db.run(ContractsSQL.InvoicesOf(contract: row.id)).map {
                .init(
                    invoice: $0.number, dueOn: $0.dueOn, amount: try money($0.amountMinor, $0.currency),
                    open: try money($0.openMinor, $0.currency), level: $0.dunningLevel)
            })
    }

    private static func deadline(
        of row: ContractsSQL.ShowContract.Row, in db: isolated Connection
    ) throws -> CalendarDate? {
        let term = try ContractTerm(
            stored: row.renewal, endsOn: row.endsOn, notice: row.noticePeriod, reviewOn: row.reviewOn)
        guard let company = try ConfigurationStore.current(in: db)?.company,
            let team = try DirectoryStore.load(asOf: Date(), in: db).team(code: row.team),
            case .success(let dates) = RenewalRules(company.renewals, calendar: team.clock.calendar).dates(of: term)
        else { return nil }
        return dates.deadline
    }

    private static func words(_ body: Body) -> String {
        var lines = [
            "\(body.contract)  \(body.title)",
            "  \(body.customer) \(body.customerName), \(body.team)"
                + (body.owner.map { ", owner \($0)" } ?? ""),
            "  \(body.state), \(body.startsOn) to \(body.endsOn?.description ?? "open-ended"), renewal \(body.renewal)"
                + (body.noticePeriod.map { ", notice \($0)" } ?? ""),
        ]
        if let amount = body.amount { lines.append("  \(amount)") }
        if let deadline = body.noticeDeadline { lines.append("  act by \(deadline)") }
        for alert in body.alerts {
            lines.append(
                "  alerted \(alert.recipient) at rung \(alert.rung) for \(alert.noticeDeadline)"
                    + (alert.opportunity.map { ", opportunity \($0) opened" } ?? ""))
        }
        for invoice in body.invoices {
            lines.append(
                "  invoice \(invoice.invoice), due \(invoice.dueOn): \(invoice.amount), open \(invoice.open.amount)"
                    + (invoice.level > 0 ? ", dunned at level \(invoice.level)" : ""))
        }
        return lines.joined(separator: "\n")
    }
}
