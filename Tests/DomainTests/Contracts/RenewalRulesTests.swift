import Domain
import TestSupport
import Testing

struct RenewalRulesTests {
    let rules: RenewalRules

    init() {
        var policy = RenewalPolicy(ladder: [90, 60, 30, 7])
        policy.opensOpportunityAt = 60
        rules = RenewalRules(policy, calendar: BusinessCalendar(nil))
    }

    @Test func `with automatic renewal the notice deadline counts, moved before a weekend`() throws {
        // 30 days before 30 June 2026 is Sunday 31 May.
        let term = ContractTerm(renewal: .auto, endsOn: try day("2026-06-30"), notice: .days(30))
        #expect(try rules.dates(of: term).get().deadline == day("2026-05-29"))
    }

    @Test func `without automatic renewal the end itself counts`() throws {
        let term = ContractTerm(renewal: .manual, endsOn: try day("2026-06-30"), notice: .days(30))
        #expect(try rules.dates(of: term).get().deadline == day("2026-06-30"))
    }

    @Test func `an evergreen contract counts to its review`() throws {
        let term = ContractTerm(renewal: .evergreen, reviewOn: try day("2026-06-30"))
        #expect(
            try rules.verdict(for: term, on: day("2026-06-25"), alerted: [])
                == .alert(
                    rules.dates(of: term).get(), rung: 7, opensOpportunity: true))
        #expect(
            try rules.verdict(for: ContractTerm(renewal: .evergreen), on: day("2026-06-25"), alerted: [])
                == .skip(.noReviewDate))
    }

    @Test func `a contract that is not to be renewed alerts nobody`() throws {
        let term = ContractTerm(renewal: .none, endsOn: try day("2026-06-30"))
        #expect(try rules.verdict(for: term, on: day("2026-06-30"), alerted: []) == .skip(.noRenewal))
    }

    @Test(
        arguments: [
            ("2026-04-01", nil), ("2026-04-02", 90), ("2026-05-01", 90), ("2026-05-02", 60), ("2026-06-01", 30),
            ("2026-06-24", 7), ("2026-07-01", 7),
        ] as [(String, Int?)])
    func `the most urgent rung that is reached is alerted`(on: String, rung: Int?) throws {
        // The deadline is Wednesday 1 July.
        let term = ContractTerm(renewal: .manual, endsOn: try day("2026-07-01"))
        switch try rules.verdict(for: term, on: day(on), alerted: []) {
        case .alert(_, let found, let opens):
            #expect(found == rung)
            #expect(opens == (found <= 60))
        case .skip(let reason):
            #expect(rung == nil && reason == .notDue)
        }
    }

    @Test func `rungs that were missed are not made up for`() throws {
        let term = ContractTerm(renewal: .manual, endsOn: try day("2026-07-01"))
        let today = try day("2026-06-05")
        guard case .alert(_, let rung, _) = rules.verdict(for: term, on: today, alerted: []) else {
            Issue.record("nothing alerted")
            return
        }
        #expect(rung == 30)
        #expect(rules.verdict(for: term, on: today, alerted: [rung]) == .skip(.alreadyAlerted))
    }

    @Test func `a deadline that went by unnoticed is alerted while the term runs`() throws {
        let term = ContractTerm(renewal: .auto, endsOn: try day("2026-12-31"), notice: .months(3))
        guard case .alert(_, rung: 7, _) = rules.verdict(for: term, on: try day("2026-10-15"), alerted: [90]) else {
            Issue.record("nothing alerted")
            return
        }
        #expect(try rules.verdict(for: term, on: day("2027-01-01"), alerted: [90]) == .skip(.termOver))
    }

    @Test func `day by day each rung is alerted once, whichever days are missed`() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<300 {
            let end = CalendarDate(daysSince1970: Int.random(in: 20_000...22_000, using: &random))
            let term = ContractTerm(renewal: .auto, endsOn: end, notice: .days(Int.random(in: 0...120, using: &random)))
            let deadline = try rules.dates(of: term).get().deadline
            var alerted: [Int] = []
            for offset in -130...5 where Int.random(in: 0..<4, using: &random) > 0 {
                let today = deadline.adding(days: offset)
                if case .alert(_, let rung, let opens) = rules.verdict(
                    for: term, on: today, alerted: Set(alerted), hasOpportunity: alerted.contains { $0 <= 60 })
                {
                    #expect(rung >= -offset && alerted.allSatisfy { rung < $0 })
                    #expect(opens == (rung <= 60 && !alerted.contains { $0 <= 60 }))
                    alerted.append(rung)
                }
            }
        }
    }
}
