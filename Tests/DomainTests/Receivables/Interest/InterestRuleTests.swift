import Domain
import Foundation
import Testing

@Suite struct InterestRuleTests {
    static func rates() throws -> RateTable {
        let percents = [("2023-01-01", "2.5"), ("2023-07-01", "4.0")]
        return try RateTable(
            try percents.map { from, percent in
                ReferenceRate(
                    code: "ecb", validFrom: try day(from), percent: try #require(Percent(percent)), source: "ECB")
            })
    }

    private func claim(
        _ minor: Int, due: String, through: String, payments: [InterestClaim.Payment] = [], in currency: String = "EUR"
    ) throws -> InterestClaim {
        InterestClaim(
            currency: try #require(Currency(currency)), dueOn: try day(due), principalMinor: minor, payments: payments,
            through: try day(through), agreedOn: try day("2023-01-15"))
    }

    private func agreed(_ percent: String, _ rounding: InterestRounding = .once) throws -> InterestRule {
        try InterestRule(
            InterestTerms(.agreed(try #require(Percent(percent))), rounding: rounding), rates: .empty)
    }

    private func reference(_ regime: InterestRegime, rates: RateTable? = nil, fixing: RateFixing = .day) throws
        -> InterestRule
    {
        let basis = InterestBasis.reference(
            code: "ecb", margin: try #require(Percent("9")), regime: regime, fixing: fixing)
        return try InterestRule(InterestTerms(basis), rates: try rates ?? Self.rates())
    }

    // £5,000 at 12.25 % for 101 days: the example of the United Kingdom's guidance on late payment.
    @Test func `rounded once, or the rate of a day rounded first`() throws {
        let claim = try claim(500_000, due: "2024-01-01", through: "2024-04-11", in: "GBP")
        let once = try agreed("12.25").interest(on: claim)
        #expect((once.days, once.exact, once.minor) == (101, "169.486301", 16949))
        let daily = try agreed("12.25", .dailyRate).interest(on: claim)
        #expect((daily.segments[0].dailyMinor, daily.exact, daily.minor) == (168, "169.680000", 16968))
    }

    @Test func `EUR 4,500 at 11 percent for 30 days are 40.68`() throws {
        let interest = try agreed("11").interest(on: try claim(450_000, due: "2026-03-01", through: "2026-03-31"))
        #expect((interest.exact, interest.minor) == ("40.684932", 4068))
        #expect(interest.segments.map(\.fraction) == ["30 / 365"])
    }

    // EUR 10,000, due on 31 May and paid on 30 July 2023: 60 days from 1 June through 30 July, Actual/365.
    @Test(arguments: [
        (InterestRegime.frozen, 18904, [60]), (.split, 20137, [30, 30]), (.paymentDate, 21370, [60]),
    ])
    func `a rate that rises on 1 July counts by the regime`(regime: InterestRegime, minor: Int, days: [Int]) throws {
        let interest = try reference(regime).interest(
            on: try claim(1_000_000, due: "2023-05-31", through: "2023-07-30"))
        #expect(interest.minor == minor)
        #expect(interest.segments.map(\.days) == days)
        #expect(
            try interest.segments.last?.rate.reference?.validFrom
                == day(regime == .frozen ? "2023-01-01" : "2023-07-01"))
    }

    @Test(arguments: [(50, 1), (49, 0), (150, 2), (149, 1)])
    func `a half is rounded up`(minor: Int, interest: Int) throws {
        let claim = try claim(minor, due: "2025-03-01", through: "2026-03-01")
        #expect(try agreed("1").interest(on: claim).minor == interest)
    }

    @Test func `a part payment lowers the principal from the day after it`() throws {
        let payments = [InterestClaim.Payment(on: try day("2026-03-11"), minor: 60_000)]
        let interest = try agreed("10").interest(
            on: try claim(100_000, due: "2026-03-01", through: "2026-03-31", payments: payments))
        #expect(interest.segments.map(\.days) == [10, 20])
        #expect(interest.segments.map(\.openMinor) == [100_000, 40_000])
        #expect(interest.exact == "4.931507")
    }

    @Test func `under the rate of the payment date each payment has its own`() throws {
        let payments = [InterestClaim.Payment(on: try day("2023-06-10"), minor: 400_000)]
        let interest = try reference(.paymentDate).interest(
            on: try claim(1_000_000, due: "2023-05-31", through: "2023-07-30", payments: payments))
        #expect(interest.segments.map(\.openMinor) == [400_000, 600_000])
        #expect(interest.segments.map(\.rate.percent.description) == ["11.5", "13"])
        #expect(interest.segments.map(\.days) == [10, 60])
    }

    @Test func `the United Kingdom reads the base rate on the eve of the half year`() throws {
        let rates = try RateTable([
            ReferenceRate(code: "ecb", validFrom: try day("2023-06-30"), percent: .zero, source: "x"),
            ReferenceRate(
                code: "ecb", validFrom: try day("2023-07-01"), percent: try #require(Percent("1")), source: "x"),
        ])
        for (fixing, percent) in [(RateFixing.halfYearEve, "9"), (.halfYear, "10"), (.day, "10")] {
            let interest = try reference(.frozen, rates: rates, fixing: fixing).interest(
                on: try claim(1_000_000, due: "2023-08-31", through: "2024-02-01"))
            #expect(interest.segments.map(\.rate.percent.description) == [percent])
        }
    }

    @Test func `a negative base rate lowers the sum, and a sum below zero is zero`() throws {
        let rates = try RateTable([
            ReferenceRate(
                code: "ecb", validFrom: try day("2016-07-01"), percent: try #require(Percent("-0.88")), source: "x")
        ])
        let claim = try claim(1_000_000, due: "2020-01-01", through: "2020-12-31")
        #expect(try reference(.split, rates: rates).interest(on: claim).segments[0].rate.percent == Percent("8.12"))
        let bare = InterestBasis.reference(code: "ecb", margin: .zero, regime: .split, fixing: .day)
        #expect(try InterestRule(InterestTerms(bare), rates: rates).interest(on: claim).minor == 0)
    }

    @Test func `nothing accrues on the due date, nor before`() throws {
        for through in ["2023-05-30", "2023-05-31"] {
            let interest = try reference(.split).interest(on: try claim(1_000_000, due: "2023-05-31", through: through))
            #expect((interest.days, interest.segments.count, interest.minor) == (0, 0, 0))
        }
    }

    // 86,000.00 at 0.05 % a day.
    @Test func `a rate of a day needs no year`() throws {
        let terms = InterestTerms(.agreed(try #require(Percent("0.05"))), dayCount: .daily)
        let interest = try InterestRule(terms, rates: .empty).interest(
            on: try claim(8_600_000, due: "2026-03-08", through: "2026-03-31", in: "CNY"))
        #expect((interest.exact, interest.minor) == ("989.000000", 98900))
        #expect(interest.segments[0].fraction == "23")
    }

    @Test func `an agreed rate below the one-year LPR is refused with the law's number`() throws {
        let rates = try RateTable([
            ReferenceRate(
                code: "cn-lpr-1y", validFrom: try day("2023-01-01"), percent: try #require(Percent("3.65")),
                source: "全国银行间同业拆借中心")
        ])
        let floor = RateFloor(reference: "cn-lpr-1y", source: "保障中小企业款项支付条例第十七条")
        func compute(_ percent: String, _ dayCount: DayCount) throws -> Int {
            let terms = InterestTerms(.agreed(try #require(Percent(percent))), dayCount: dayCount, floor: floor)
            return try InterestRule(terms, rates: rates).interest(
                on: try claim(1_000_000, due: "2023-05-31", through: "2023-07-30")
            ).minor
        }
        #expect(try compute("3.65", .actual365) == 6000)
        #expect(try compute("0.05", .daily) == 30000)
        #expect {
            try compute("3.64", .actual365)
        } throws: { error in
            let problem = error as? Problem
            return problem?.code == "rate_below_floor" && problem?.what.contains("第十七条") == true
        }
    }

    @Test func `what cannot be computed is a problem, not a crash`() throws {
        func code(_ claim: InterestClaim) -> String? {
            do {
                _ = try agreed("1000").interest(on: claim)
                return nil
            } catch {
                return (error as? Problem)?.code
            }
        }
        let payments = [InterestClaim.Payment(on: try day("2023-06-01"), minor: 101)]
        #expect(
            code(try claim(100, due: "2023-05-31", through: "2023-07-30", payments: payments)) == "paid_more_than_owed")
        #expect(code(try claim(-1, due: "2023-05-31", through: "2023-07-30")) == "negative_principal")
        #expect(code(try claim(.max, due: "0001-01-01", through: "9999-12-31")) == "amount_too_large")
        #expect(code(try claim(1_000_000_000_000_000, due: "2000-01-01", through: "2027-05-18")) == nil)
    }

    @Test func `what is written by hand is what Codable writes, whatever the texts hold`() throws {
        let text = "a \"quote\", a \\, a\ttab, a \u{1} and a\nline of 条例"
        let rate = ReferenceRate(
            code: "ecb", validFrom: try day("2023-01-01"), validThrough: try day("2023-12-31"),
            percent: try #require(Percent("-0.5")), source: text, publishedOn: try day("2022-12-15"))
        let basis = InterestBasis.reference(
            code: "ecb", margin: try #require(Percent("9")), regime: .split, fixing: .day)
        let terms = InterestTerms(basis, rounding: .dailyRate, source: text)
        let rules = [try InterestRule(terms, rates: RateTable([rate])), try reference(.split), try agreed("11")]
        for rule in rules {
            for through in ["2023-05-30", "2023-07-30"] {
                let interest = try rule.interest(on: try claim(1_000_000, due: "2023-05-31", through: through))
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                let byHand = try JSONSerialization.jsonObject(with: Data(interest.json.utf8))
                let sorted = try JSONSerialization.data(
                    withJSONObject: byHand, options: [.sortedKeys, .withoutEscapingSlashes])
                #expect(try sorted == encoder.encode(interest))
            }
        }
    }

    @Test func `a computation is stored whole, and one from before the segments is still read`() throws {
        let interest = try reference(.split).interest(
            on: try claim(1_000_000, due: "2023-05-31", through: "2023-07-30"))
        let stored = try JSONEncoder().encode(interest)
        #expect(try JSONDecoder().decode(InterestComputation.self, from: stored) == interest)
        #expect(try JSONDecoder().decode(InterestComputation.self, from: Data(interest.json.utf8)) == interest)
        let old = #"""
            {"from":"2026-03-09","through":"2026-03-31","days":23,"percent":"10.27","year_days":365,"open_minor":8600000,
            "exact":"556.549589","minor":55655,"source":"§ 288 Abs. 2 BGB"}
            """#
        let read = try JSONDecoder().decode(InterestComputation.self, from: Data(old.utf8))
        let yuan = try #require(Currency("CNY"))
        #expect(
            read.segments.map { read.arithmetic(of: $0, in: yuan) } == ["86000.00 × 10.27 % × 23 / 365 = 556.549589"])
    }
}
