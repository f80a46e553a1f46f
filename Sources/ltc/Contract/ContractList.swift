import ArgumentParser
import Domain
import Postgres
import Store

struct ContractList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Contracts, those that end first first.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var list: ListOptions

    @Option(help: "Only this customer's (its number).")
    var customer: String?

    @Option(help: "Only those in this state, such as signed or performing.")
    var state: String?

    @Option(help: "Only those whose term ends on or before this day.")
    var endingUntil: CalendarDate?

    private struct Body: Encodable {
        struct Contract: Encodable {
            let contract, title, customer, customerName, team: String
            let owner: String?
            let state: String
            let startsOn: CalendarDate
            let endsOn: CalendarDate?
            let renewal: String
            let noticePeriod: String?
            let reviewOn: CalendarDate?
            let amount: Money?
        }
        let contracts: [Contract]
    }

    func run() async throws {
        let query = ContractsSQL.ListContracts(
            team: team.team, customer: customer, state: state, endingUntil: endingUntil, most: list.limit)
        let rows = try await database.ask { db in try db.run(query) }
        var table = Table(
            ("contract", .left), ("customer", .left), ("name", .left), ("state", .left), ("ends", .left),
            ("notice", .left), ("renewal", .left), ("owner", .left), ("amount", .right))
        let contracts = try rows.map { row in
            let amount = try Money(row.amountMinor, row.currency)
            table.add(
                row.number, row.customer, row.customerName, row.state, row.endsOn?.description ?? "open-ended",
                row.noticePeriod ?? "", row.renewal, row.owner ?? "", amount?.description ?? "")
            return Body.Contract(
                contract: row.number, title: row.title, customer: row.customer, customerName: row.customerName,
                team: row.team, owner: row.owner, state: row.state, startsOn: row.startsOn, endsOn: row.endsOn,
                renewal: row.renewal, noticePeriod: row.noticePeriod, reviewOn: row.reviewOn, amount: amount)
        }
        list.tell(rows.count)
        try Answer("contract.list", Body(contracts: contracts), table: table).print(as: format)
    }
}

extension CalendarDate: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
