import Domain

extension SampleCompany {
    private static let leadColumns = [
        "external_id", "company", "contact", "email", "phone", "source", "region", "segment", "product", "budget",
        "currency", "created_at", "notes", "do_not_contact",
    ]

    mutating func makeLeads() {
        var rows = [SampleStory.lead(on: on)]
        for index in 1..<sizes.leads { rows.append(lead(index)) }
        write("leads.csv", Self.leadColumns, rows)
    }

    private mutating func lead(_ index: Int) -> [String] {
        let team = salesTeams[index % salesTeams.count]
        let market = SampleMarket.of(zone: team.zone)
        let budget = random.happens(70) ? amount(20...12_000, in: market) : nil
        // Most came in during the last days, at any hour; none after the morning of the day.
        let age = min(random.number(0...20), random.number(0...20))
        let (hour, minute) = (random.number(0...(age == 0 ? 7 : 23)), random.number(0...59))
        return [
            "L-\(20_000 + index)", market.company(index / salesTeams.count + 400), market.person(&random),
            "contact\(index)@lead\(index).example", random.happens(60) ? market.phone(&random) : "",
            random.pick(["web", "web", "exhibition", "referral", "partner", "campaign"]), random.pick(market.regions),
            random.pick(["enterprise", "mid-market", "smb"]), random.pick(products), budget?.amount ?? "",
            budget?.currency.code ?? "", "\(day(-age))T\(two(hour)):\(two(minute)):00Z", "",
            random.happens(2) ? "true" : "",
        ]
    }

    /// A file to see what an import does with mistakes: three rows are right.
    mutating func makeLeadsWithMistakes() {
        func row(_ id: String, _ change: (inout [String]) -> Void) -> [String] {
            var row = [
                id, "Mistaken \(id) GmbH", "Eva Prüfer", "\(id.lowercased())@mistakes.example", "", "web", "DE", "smb",
                "Laser L900", "1500.00", "EUR", "\(day(-1))T09:00:00Z", "", "",
            ]
            change(&row)
            return row
        }
        write(
            "leads-with-mistakes.csv", Self.leadColumns,
            [
                row("X-1") { _ in }, row("X-2") { $0[1] = "" }, row("X-3") { $0[3] = "not an address" },
                row("X-4") { $0[9] = "1500.005" }, row("X-5") { $0[10] = "EURO" }, row("X-6") { $0[11] = "2026-02-30" },
                row("X-1") { $0[3] = "other@mistakes.example" }, row("X-8") { $0[3] = "lin.xiao@huaguang.example" },
                row("X-9") { _ in }, row("X-10") { $0[9] = "-20" },
                row("X-11") { $0[1] = "最后一家有限公司" },
            ])
    }

    mutating func makeOpportunities() {
        let story = customers[0]
        let winner = story.team.seats.contains { $0.member == "wang-wei" } ? "wang-wei" : owner(of: story.team)
        var rows = [SampleStory.opportunity(owner: winner, team: story.team.code, on: on)]
        for index in 1..<sizes.opportunities {
            let customer = customers[random.number(1...customers.count - 1)]
            let stage = random.pick([
                "needs", "needs", "solution", "proposal", "proposal", "negotiation", "won", "won", "lost", "suspended",
            ])
            let (opened, isClosed) = (random.number(5...240), ["won", "lost"].contains(stage))
            let amount = amount(40...20_000, in: customer.market)
            rows.append([
                "O-\(20_000 + index)", "", customer.name, owner(of: customer.team), customer.team.code,
                random.pick(products), stage, day(-opened), isClosed ? day(-random.number(0...opened)) : "",
                amount.amount, amount.currency.code,
                stage == "lost" ? random.pick(["price", "competitor", "no decision", "timing"]) : "",
            ])
        }
        write(
            "opportunities.csv",
            [
                "external_id", "title", "company", "owner", "team", "product", "stage", "opened_on", "closed_on",
                "amount", "currency", "lost_reason",
            ], rows)
    }

    mutating func makeContracts() {
        let story = customers[0]
        let winner = story.team.seats.contains { $0.member == "wang-wei" } ? "wang-wei" : owner(of: story.team)
        var rows = [SampleStory.contract(owner: winner, team: story.team.code, on: on)]
        contracts = [("K-10001", 0)]
        for index in 1..<sizes.contracts {
            let customer = random.number(1...customers.count - 1)
            let (team, market) = (customers[customer].team, customers[customer].market)
            let renewal = random.pick(["auto", "auto", "manual", "manual", "evergreen", "none"])
            let (ends, term) = (random.number(-20...420), random.pick([365, 365, 730, 1095]))
            let amount = amount(40...4000, in: market)
            contracts.append(("K-\(20_000 + index)", customer))
            rows.append([
                "K-\(20_000 + index)", customers[customer].number, random.pick(products), team.code, owner(of: team),
                "", day(ends - term), renewal == "evergreen" ? "" : day(ends),
                random.pick(["", "30d", "90d", "3m", "3m-eom", "6w"]), renewal,
                renewal == "evergreen" ? day(random.number(5...300)) : "", amount.amount, amount.currency.code,
                random.happens(40) ? random.pick(["2", "3.5", "5"]) : "",
            ])
        }
        write(
            "contracts.csv",
            [
                "number", "customer", "title", "team", "owner", "opportunity", "starts_on", "ends_on", "notice_period",
                "renewal", "review_on", "amount", "currency", "uplift_percent",
            ], rows)
    }

    mutating func makeActivities() {
        var rows: [[String]] = []
        for index in 0..<sizes.activities {
            let isOnOpportunity = random.happens(70)
            let subject =
                isOnOpportunity
                ? "O-\(20_000 + random.number(1...sizes.opportunities - 1))" : random.pick(contracts).number
            rows.append([
                "A-\(20_000 + index)", isOnOpportunity ? "opportunity" : "contract", subject, "",
                random.pick(["call", "email", "email", "meeting", "visit", "note"]),
                "\(day(-random.number(1...45)))T\(two(random.number(7...16))):\(two(random.number(0...59))):00Z", "",
            ])
        }
        write(
            "activities.csv", ["external_id", "subject_kind", "subject", "member", "kind", "happened_at", "note"], rows)
    }

    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
