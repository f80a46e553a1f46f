import Domain
import TestSupport
import Testing

@Suite struct InterestPropertyTests {
    private static let dayCounts: [DayCount] = [.actual365, .actual360, .actualActual, .thirtyE360]

    private func table(_ random: inout SeededRandom, changing: Bool = true) throws -> RateTable {
        var from = try day("2018-01-01")
        let flat = Percent(billionths: Int.random(in: 0...5_000_000_000, using: &random))
        return try RateTable(
            (0..<40).map { _ in
                defer { from = from.adding(days: Int.random(in: 1...120, using: &random)) }
                let percent =
                    changing ? Percent(billionths: Int.random(in: -900_000_000...5_000_000_000, using: &random)) : flat
                return ReferenceRate(code: "base", validFrom: from, percent: percent, source: "a bank")
            })
    }

    private func terms(_ regime: InterestRegime, _ dayCount: DayCount) throws -> InterestTerms {
        let margin = try #require(Percent("8.25"))
        return InterestTerms(
            .reference(code: "base", margin: margin, regime: regime, fixing: .day), dayCount: dayCount)
    }

    private func claim(
        _ minor: Int, due: CalendarDate, days: Int, payments: [InterestClaim.Payment] = []
    ) throws -> InterestClaim {
        InterestClaim(
            currency: try #require(Currency("EUR")), dueOn: due, principalMinor: minor, payments: payments,
            through: due.adding(days: days), agreedOn: due)
    }

    private func someDue(_ random: inout SeededRandom) throws -> CalendarDate {
        try day("2018-01-01").adding(days: Int.random(in: 1...1500, using: &random))
    }

    @Test func `interest before rounding is additive in days and in amounts`() throws {
        var random = SeededRandom(seed: 21)
        for _ in 0..<2000 {
            let rates = try table(&random)
            let dayCount = try #require(Self.dayCounts.randomElement(using: &random))
            let due = try someDue(&random)
            let (first, second) = (Int.random(in: 0...400, using: &random), Int.random(in: 0...400, using: &random))
            let (minor, more) = (
                Int.random(in: 0...1_000_000_000_000_000, using: &random), Int.random(in: 0...10_000, using: &random)
            )
            let split = try InterestRule(terms(.split, dayCount), rates: rates)
            func exact(_ minor: Int, _ due: CalendarDate, _ days: Int) throws -> Int128 {
                try split.exact(on: claim(minor, due: due, days: days)).numerator
            }
            let whole = try exact(minor, due, first + second)
            #expect(try exact(minor, due, first) + exact(minor, due.adding(days: first), second) == whole)
            #expect(try exact(minor + more, due, first) == exact(minor, due, first) + exact(more, due, first))
            // A payment of nothing on any day cuts the days and changes nothing, frozen too.
            let cut = [InterestClaim.Payment(on: due.adding(days: first), minor: 0)]
            let frozen = try InterestRule(terms(.frozen, dayCount), rates: rates)
            #expect(
                try frozen.exact(on: claim(minor, due: due, days: first + second, payments: cut))
                    == frozen.exact(on: claim(minor, due: due, days: first + second)))
        }
    }

    @Test func `what is invoiced later bears interest as a debt of its own from its day`() throws {
        var random = SeededRandom(seed: 23)
        for _ in 0..<2000 {
            let rates = try table(&random)
            let regime = try #require([InterestRegime.split, .frozen, .paymentDate].randomElement(using: &random))
            // Under a frozen rate the debt of its own would have another first day.
            let rule = try InterestRule(
                terms(
                    regime == .frozen ? .split : regime,
                    [DayCount.actual365, .thirtyE360].randomElement(using: &random)!),
                rates: rates)
            let due = try someDue(&random)
            let days = Int.random(in: 1...400, using: &random)
            let (minor, more) = (
                Int.random(in: 1...1_000_000, using: &random), Int.random(in: 1...1_000_000, using: &random)
            )
            let raise = InterestClaim.Payment(
                on: due.adding(days: Int.random(in: -20...450, using: &random)), minor: more)
            let paid = InterestClaim.Payment(
                on: due.adding(days: Int.random(in: -20...450, using: &random)),
                minor: Int.random(in: 0...minor, using: &random))
            var whole = try claim(minor + more, due: due, days: days, payments: [paid])
            whole.raises = [raise]
            let later = max(due, raise.on.adding(days: -1))
            let ownDays = due.adding(days: days).days(since: later)
            #expect(
                try rule.exact(on: whole).numerator
                    == rule.exact(on: claim(minor, due: due, days: days, payments: [paid])).numerator
                    + rule.exact(on: claim(more, due: later, days: max(0, ownDays))).numerator)
        }
    }

    @Test func `more days or more principal never mean less interest, and payments never mean more`() throws {
        var random = SeededRandom(seed: 22)
        for _ in 0..<2000 {
            let rates = try table(&random)
            let dayCount = try #require((Self.dayCounts + [.thirty360US]).randomElement(using: &random))
            let rule = try InterestRule(
                terms(Bool.random(using: &random) ? .split : .frozen, dayCount), rates: rates)
            let due = try someDue(&random)
            let (minor, days) = (
                Int.random(in: 1...10_000_000, using: &random), Int.random(in: 0...600, using: &random)
            )
            let interest = try rule.interest(on: claim(minor, due: due, days: days)).minor
            #expect(try rule.interest(on: claim(minor, due: due, days: days + 1)).minor >= interest)
            #expect(try rule.interest(on: claim(minor + 1, due: due, days: days)).minor >= interest)
            let paid = InterestClaim.Payment(
                on: due.adding(days: Int.random(in: -5...700, using: &random)),
                minor: Int.random(in: 0...minor, using: &random))
            #expect(
                try dayCount == .thirty360US
                    || rule.interest(on: claim(minor, due: due, days: days, payments: [paid])).minor <= interest)
        }
    }

    @Test func `with equal rates the regimes agree, whatever the days of the table`() throws {
        var random = SeededRandom(seed: 23)
        for _ in 0..<500 {
            let rates = try table(&random, changing: false)
            let dayCount = try #require(Self.dayCounts.randomElement(using: &random))
            let claim = try claim(
                Int.random(in: 1...10_000_000, using: &random), due: try someDue(&random),
                days: Int.random(in: 0...900, using: &random))
            let sums = try InterestRegime.allCases.map {
                try InterestRule(terms($0, dayCount), rates: rates).exact(on: claim)
            }
            #expect(Set(sums).count == 1)
        }
    }

    @Test func `the order of the payments does not matter`() throws {
        var random = SeededRandom(seed: 24)
        for _ in 0..<300 {
            let due = try someDue(&random)
            let payments = (0..<5).map { _ in
                InterestClaim.Payment(
                    on: due.adding(days: Int.random(in: -3...40, using: &random)),
                    minor: Int.random(in: 0...1000, using: &random))
            }
            for regime in InterestRegime.allCases {
                let rule = try InterestRule(terms(regime, .actual365), rates: table(&random))
                #expect(
                    try rule.exact(on: claim(5000, due: due, days: 60, payments: payments))
                        == rule.exact(on: claim(5000, due: due, days: 60, payments: payments.shuffled(using: &random))))
            }
        }
    }
}
