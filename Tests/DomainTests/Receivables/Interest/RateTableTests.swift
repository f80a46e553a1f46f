import Domain
import Testing

@Suite struct RateTableTests {
    private func rate(_ from: String, through: String? = nil, _ percent: String = "1") throws -> ReferenceRate {
        ReferenceRate(
            code: "base", validFrom: try day(from), validThrough: try through.map(day),
            percent: try #require(Percent(percent)), source: "a bank")
    }

    @Test func `the rate of a day is the last one that began`() throws {
        let table = try RateTable([try rate("2025-01-01", "2.27"), try rate("2025-07-01", "1.27")])
        #expect(try table.rate("base", on: day("2025-06-30")).percent == Percent("2.27"))
        #expect(try table.rate("base", on: day("2025-07-01")).percent == Percent("1.27"))
        #expect(try table.rate("base", on: day("2030-01-01")).percent == Percent("1.27"))
    }

    @Test func `a gap says which rate, from when to when, and what to import`() throws {
        let table = try RateTable([
            try rate("2025-01-01", through: "2025-03-31"), try rate("2025-05-01", through: "2025-12-31"),
        ])
        let claim = InterestClaim(
            currency: try #require(Currency("EUR")), dueOn: try day("2025-02-01"), principalMinor: 1,
            through: try day("2025-06-01"), agreedOn: try day("2025-01-01"))
        let basis = InterestBasis.reference(code: "base", margin: .zero, regime: .split, fixing: .day)
        let rule = try InterestRule(InterestTerms(basis), rates: table)
        #expect {
            try rule.interest(on: claim)
        } throws: { error in
            let problem = error as? Problem
            return problem?.code == "rate_gap"
                && problem?.what == "it is not known from 2025-04-01 through 2025-04-30"
                && problem?.advice?.contains("ltc import rates") == true
        }
        for (on, what) in [
            ("2024-12-31", "for 2024-12-31"), ("2026-01-01", "from 2026-01-01 through 2026-02-01"),
        ] {
            #expect {
                try table.rate("base", on: day(on), through: on == "2026-01-01" ? day("2026-02-01") : nil)
            } throws: {
                ($0 as? Problem)?.what.hasSuffix(what) == true
            }
        }
    }

    @Test func `days out of order, twice or over each other are refused`() throws {
        func code(_ rates: [ReferenceRate]) -> String? {
            do throws(Problem) {
                _ = try RateTable(rates)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code([try rate("2025-07-01"), try rate("2025-01-01")]) == "rates_not_in_order")
        #expect(code([try rate("2025-07-01"), try rate("2025-07-01")]) == "rate_twice")
        #expect(code([try rate("2025-01-01", through: "2025-07-01"), try rate("2025-07-01")]) == "rates_overlap")
        #expect(code([try rate("2025-01-01", through: "2024-12-31")]) == "rate_ends_early")
        #expect(code([try rate("2025-01-01", through: "2025-06-30"), try rate("2025-07-01")]) == nil)
    }

    @Test(arguments: ["", "-", "1.", ".5", "1,5", "1e2", "1001", "1.0000000001", "12345", "--1", "+1", "１"])
    func `what is no percentage is refused`(text: String) {
        #expect(Percent(text) == nil)
    }

    @Test(arguments: [("11.5", "11.5"), ("-0.88", "-0.88"), ("9.00", "9"), ("0", "0"), ("1000", "1000")])
    func `a percentage is written without needless zeros`(text: String, written: String) {
        #expect(Percent(text)?.description == written)
    }
}
