import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres
import Store

struct CustomerShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Everything about one customer, from lead to cash, on one screen.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The customer's number.")
    var number: String

    private struct Body: Encodable {
        struct Lead: Encodable {
            let lead: Int
            let company, state: String
            let team, owner: String?
            let createdAt: Date
        }
        struct Opportunity: Encodable {
            let opportunity: Int
            let title, stage: String
            let owner: String?
            let amount: Money?
        }
        struct Contract: Encodable {
            let contract, title, state: String
            let endsOn: CalendarDate?
            let amount: Money?
        }
        struct Invoice: Encodable {
            let invoice, kind: String
            let dueOn: CalendarDate
            let amount, open: Money
            let level: Int
        }
        struct Receipt: Encodable {
            let reference: String
            let bookedOn: CalendarDate
            let amount, unallocated: Money
        }
        struct Notice: Encodable {
            let notice: Int
            let number: String?
            let runDate: CalendarDate
            let level: Int
            let total: Money
            let state: String
            let reason: String?
        }
        let customer, name, language: String
        let email, phone, address, country, group, procedure: String?
        let paymentTermsDays: Int?
        let teams: [String]
        let leads: [Lead]
        let opportunities: [Opportunity]
        let contracts: [Contract]
        let invoices: [Invoice]
        let receipts: [Receipt]
        let notices: [Notice]
    }

    func run() async throws {
        let body = try await database.ask { [number] db in try Self.load(number, in: db) }
        try Answer("customer.show", body) { Self.words(body) }.print(as: format)
    }

    /// The latest of each, so that it stays one screen's worth of data.
    private static let most = 200

    private static func load(_ number: String, in db: isolated Connection) throws -> Body {
        let found = try db.run(CustomersSQL.ShowCustomer(customer: number))
        guard let row = found.first else {
            throw Problem(.refused, "no_such_customer", "there is no customer '\(number)'", advice: "ltc customer list")
        }
        guard found.count == 1 else {
            throw DunningObstacleDesk.twoCustomers(number, found.map { "\($0.source):\($0.number)" })
        }
        let number = "\(row.source):\(row.number)"
        return Body(
            customer: row.number, name: row.name, language: row.language, email: row.email, phone: row.phone,
            address: row.address, country: row.country, group: row.groupCode, procedure: row.procedure,
            paymentTermsDays: row.paymentTermsDays, teams: row.teams,
            leads: try db.run(CustomersSQL.LeadsOf(customer: row.id)).map {
                .init(
                    lead: $0.id, company: $0.company, state: $0.state, team: $0.team, owner: $0.owner,
                    createdAt: $0.createdAt)
            },
            opportunities: try db.run(CustomersSQL.OpportunitiesOf(customer: row.id)).map {
                .init(
                    opportunity: $0.id, title: $0.title, stage: $0.stage, owner: $0.owner,
                    amount: try Money($0.amountMinor, $0.currency))
            },
            contracts: try db.run(ContractsSQL.ListContracts(customer: number, most: most)).map {
                .init(
                    contract: $0.number, title: $0.title, state: $0.state, endsOn: $0.endsOn,
                    amount: try Money($0.amountMinor, $0.currency))
            },
            invoices: try db.run(InvoicesSQL.ListInvoices(customer: number, onlyOpen: true, most: most)).map {
                .init(
                    invoice: $0.number, kind: $0.kind, dueOn: $0.dueOn, amount: try money($0.amountMinor, $0.currency),
                    open: try money($0.openMinor, $0.currency), level: $0.dunningLevel)
            },
            receipts: try db.run(
                ReceiptsSQL.ListReceipts(
                    customer: number, unallocated: false, onlyWaiting: false, onlyDrafts: false, most: 10)
            ).map {
                .init(
                    reference: $0.reference, bookedOn: $0.bookedOn, amount: try money($0.amountMinor, $0.currency),
                    unallocated: try money($0.amountMinor - $0.allocatedMinor, $0.currency))
            },
            notices: try db.run(DunningSQL.ListNotices(customer: number, most: 10)).map {
                .init(
                    notice: $0.id, number: $0.number, runDate: $0.runDate, level: $0.level,
                    total: try money($0.totalMinor, $0.currency), state: $0.state, reason: $0.reason)
            })
    }

    private static func words(_ body: Body) -> String {
        let facts = [body.country, body.language, body.email, body.phone].compactMap { $0 } + body.teams
        var lines = ["\(body.customer)  \(body.name)", "  " + facts.joined(separator: ", ")]
        func section(_ title: String, _ rows: [String]) {
            guard !rows.isEmpty else { return }
            lines += ["\(title)"] + rows.map { "  \($0)" }
        }
        section(
            "Leads", body.leads.map { "\($0.lead) \($0.company): \($0.state)" + ($0.owner.map { ", \($0)" } ?? "") })
        section(
            "Opportunities",
            body.opportunities.map {
                "\($0.opportunity) \($0.title): \($0.stage)" + ($0.amount.map { ", \($0)" } ?? "")
            })
        section(
            "Contracts",
            body.contracts.map {
                "\($0.contract) \($0.title): \($0.state), ends \($0.endsOn?.description ?? "never")"
                    + ($0.amount.map { ", \($0)" } ?? "")
            })
        section(
            "Open invoices",
            body.invoices.filter { $0.kind != "credit-note" }.map {
                "\($0.invoice) due \($0.dueOn): open \($0.open)" + ($0.level > 0 ? ", level \($0.level)" : "")
            })
        section(
            "Credit notes that are not used",
            body.invoices.filter { $0.kind == "credit-note" }.map { "\($0.invoice): \($0.open)" })
        section(
            "Receipts",
            body.receipts.map {
                "\($0.reference) of \($0.bookedOn): \($0.amount)"
                    + ($0.unallocated.minor > 0 ? ", unallocated \($0.unallocated.amount)" : "")
            })
        section(
            "Notices",
            body.notices.map {
                "\($0.number ?? "\($0.notice)") of \($0.runDate): level \($0.level), \($0.total), \($0.state)"
                    + ($0.reason.map { " (\($0))" } ?? "")
            })
        return lines.joined(separator: "\n")
    }
}
