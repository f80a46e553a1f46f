import ArgumentParser
import Domain
import Postgres
import Store

struct CustomerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "customer", abstract: "Customers, and everything about one.",
        subcommands: [CustomerList.self, CustomerShow.self])
}

struct CustomerList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Customers by number.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var list: ListOptions

    @Argument(help: "A number, or a part of the name.")
    var text: String?

    private struct Body: Encodable {
        struct Customer: Encodable {
            let customer, name: String
            let country: String?
            let language: String
            let leads, contracts, openInvoices, level: Int
        }
        let customers: [Customer]
    }

    func run() async throws {
        let query = CustomersSQL.ListCustomers(team: team.team, text: text, most: list.limit)
        let rows = try await database.ask { db in try db.run(query) }
        var table = Table(
            ("customer", .left), ("name", .left), ("country", .left), ("leads", .right), ("contracts", .right),
            ("open invoices", .right), ("dunning level", .right))
        let customers = rows.map { row in
            table.add(
                row.number, row.name, row.country ?? "", "\(row.leads)", "\(row.contracts)", "\(row.openInvoices)",
                "\(row.dunningLevel)")
            return Body.Customer(
                customer: row.number, name: row.name, country: row.country, language: row.language, leads: row.leads,
                contracts: row.contracts, openInvoices: row.openInvoices, level: row.dunningLevel)
        }
        try Answer("customer.list", Body(customers: customers), table: table).print(as: format)
    }
}
