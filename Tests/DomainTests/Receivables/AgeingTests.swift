import Domain
import TestSupport
import Testing

struct AgeingTests {
    @Test(arguments: [
        (-5, "not_due"), (0, "not_due"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"),
        (90, "61-90"), (91, "over_90"), (4000, "over_90"),
    ])
    func `a bucket holds both of its ends`(days: Int, bucket: String) {
        let buckets = AgeingBuckets.standard
        #expect(buckets.names[buckets.place(daysOverdue: days)] == bucket)
    }

    @Test func `a report ages as the finance teams in it have it, where they agree`() {
        var company = Company(name: "Northwind")
        func team(_ code: String, _ kind: TeamKind, _ days: [Int]?) -> TeamPlan {
            var plan = TeamPlan(code: code, name: code, kind: kind, zone: "UTC", hours: .officeHours)
            plan.ageingDays = days
            return plan
        }
        company.teams = [team("sales", .sales, nil), team("emea", .finance, [15, 45])]
        #expect(company.ageingBuckets().names == ["not_due", "1-15", "16-45", "over_45"])
        company.teams.append(team("apac", .finance, nil))
        #expect(company.ageingBuckets() == .standard)
        #expect(company.ageingBuckets(team: "emea").lastDays == [15, 45])
        #expect(company.ageingBuckets(team: "apac") == .standard)
        #expect(company.ageingBuckets(team: "sales") == .standard)
    }

    @Test func `the buckets less what is unallocated are the ledger`() throws {
        var random = SeededRandom(seed: 6)
        let today = try day("2026-03-31")
        var ageing = Ageing(currency: try #require(Currency("EUR")))
        var ledger = 0
        for _ in 0..<1000 {
            let open = Int.random(in: 1...1_000_000, using: &random)
            ageing.add(openMinor: open, dueOn: today.adding(days: Int.random(in: -200...50, using: &random)), on: today)
            ledger += open
        }
        ageing.unallocatedMinor = 12_345
        #expect(ageing.ledgerMinor == ledger - 12_345)
        #expect(ageing.items == 1000)
    }
}
