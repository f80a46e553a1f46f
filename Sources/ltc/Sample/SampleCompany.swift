import Domain

/// A company's books, made up around a day: the same seed gives the same bytes.
///
/// One customer has a story, under ids that do not change with the seed (see `SampleStory`).
struct SampleCompany {
    struct Sizes {
        var leads = 2000
        var customers = 800
        var opportunities = 600
        var activities = 1200
        var contracts = 400
        var invoices = 5000
        var receipts = 300
    }

    struct Customer {
        let number: String
        let name: String
        let team: TeamPlan
        let market: SampleMarket
    }

    let company: Company
    let on: CalendarDate
    let sizes: Sizes
    var random: SplitMix64
    private(set) var files: [(name: String, csv: CSVWriter)] = []
    var customers: [Customer] = []
    var contracts: [(number: String, customer: Int)] = []
    /// Open invoices that a receipt may pay: number, customer, what is open.
    var payable: [(number: String, customer: Int, open: Money)] = []

    let products = ["Spectrometer S2", "Laser L900", "Microscope M4", "Flow Meter F1", "光谱分析服务", "校准服务"]

    init(_ company: Company, on: CalendarDate, seed: UInt64, sizes: Sizes = Sizes()) {
        self.company = company
        self.on = on
        self.sizes = sizes
        random = SplitMix64(seed: seed)
        makeCustomers()
        makeLeads()
        makeLeadsWithMistakes()
        makeOpportunities()
        makeContracts()
        makeActivities()
        makeInvoices()
        makeReceipts()
    }

    var salesTeams: [TeamPlan] { company.teams.filter { $0.kind == .sales } }

    mutating func write(_ name: String, _ header: [String], _ rows: [[String]]) {
        var csv = CSVWriter()
        csv.write(header)
        for row in rows { csv.write(row) }
        files.append((name, csv))
    }

    /// A day so many days from the sample's day.
    func day(_ offset: Int) -> String { on.adding(days: offset).description }

    /// Somebody of the team who sells.
    mutating func owner(of team: TeamPlan) -> String {
        let sellers = team.seats.filter { $0.weight > 0 }
        return random.pick(sellers.isEmpty ? team.seats : sellers).member
    }

    /// Round amounts, as offers have them.
    mutating func amount(_ range: ClosedRange<Int>, in market: SampleMarket) -> Money {
        let factor = market.currency == "CNY" ? 8 : 1
        return Money(minor: random.number(range) * factor * 5000, currency: Currency(market.currency)!)
    }

    private mutating func makeCustomers() {
        let story = salesTeams.first { $0.zone.hasPrefix("Asia/") } ?? salesTeams[0]
        customers = [Customer(number: SampleStory.customer, name: SampleStory.name, team: story, market: .china)]
        for index in 1..<sizes.customers {
            let team = salesTeams[index % salesTeams.count]
            let market = SampleMarket.of(zone: team.zone)
            customers.append(
                Customer(
                    number: "C-\(20_000 + index)", name: market.company(index / salesTeams.count), team: team,
                    market: market))
        }
        var rows = [SampleStory.customerRow(team: story.code)]
        for customer in customers.dropFirst() {
            let isKey = random.happens(5) && company.dunning.procedures.contains { $0.name == "key-accounts" }
            rows.append([
                customer.number, customer.name, customer.team.code, customer.market.language == "zh" ? "zh" : "en",
                "accounts@\(customer.number.lowercased()).example", customer.market.phone(&random),
                random.pick(customer.market.countries), isKey ? "key" : "", random.pick(["14", "30", "30", "60"]),
                isKey ? "key-accounts" : "",
            ])
        }
        write(
            "customers.csv",
            [
                "number", "name", "team", "language", "email", "phone", "country", "group", "payment_terms_days",
                "procedure",
            ], rows)
    }
}
