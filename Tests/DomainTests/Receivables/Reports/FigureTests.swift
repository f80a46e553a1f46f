import Domain
import Testing

/// Worked examples from the literature; docs/reports.md names where they come from.
@Suite struct FigureTests {
    @Test func `countback takes whole months and the part of one`() {
        // 100,000 and 80,000 sold in the last two months, 70,000 in the one before; 212,000 is owed.
        let months = [100_000, 80_000, 70_000].map { DaysSalesOutstanding.Month(days: 30, billedMinor: $0) }
        let days = DaysSalesOutstanding.countback(receivablesMinor: 212_000, months: months)
        #expect(days == Ratio(60 * 70_000 + 32_000 * 30, over: 70_000))
        #expect(days?.decimal(digits: 1) == "73.7")
    }

    @Test func `countback ends where nothing is left, and has no answer where sales run out`() {
        let months = [DaysSalesOutstanding.Month(days: 31, billedMinor: 500), .init(days: 30, billedMinor: 400)]
        #expect(DaysSalesOutstanding.countback(receivablesMinor: 0, months: months)?.decimal(digits: 1) == "0.0")
        #expect(DaysSalesOutstanding.countback(receivablesMinor: -5, months: months)?.decimal(digits: 1) == "0.0")
        #expect(DaysSalesOutstanding.countback(receivablesMinor: 500, months: months)?.decimal(digits: 1) == "31.0")
        #expect(DaysSalesOutstanding.countback(receivablesMinor: 900, months: months)?.decimal(digits: 1) == "61.0")
        #expect(DaysSalesOutstanding.countback(receivablesMinor: 901, months: months) == nil)
    }

    @Test func `a month of credit notes makes more to count back, and a month without sales its days`() {
        let months = [(31, -100), (28, 0), (31, 300)].map { DaysSalesOutstanding.Month(days: $0.0, billedMinor: $0.1) }
        #expect(DaysSalesOutstanding.countback(receivablesMinor: 200, months: months)?.decimal(digits: 1) == "90.0")
    }

    @Test(arguments: [(120_000, 1_000_000, 365, "43.8"), (1, 3, 1, "0.3"), (-1, 20, 1, "-0.1"), (5, 100, 1, "0.1")])
    func `the simple days sales outstanding are rounded once, a half away from zero`(
        receivables: Int, sales: Int, days: Int, expected: String
    ) {
        let found = DaysSalesOutstanding.simple(receivablesMinor: receivables, billedMinor: sales, days: days)
        #expect(found?.decimal(digits: 1) == expected)
        #expect(DaysSalesOutstanding.simple(receivablesMinor: receivables, billedMinor: 0, days: days) == nil)
    }

    @Test(arguments: [
        (6_200, 10_890, 6_340, 3_590, "79.6"), (100_000, 1_000_000, 120_000, 100_000, "98.0"),
        (6_200, 3_630, 6_340, 3_590, "55.9"), (0, 100, 100, 100, nil), (0, 100, 0, 0, "100.0"),
    ])
    func `collection effectiveness is collected over collectable`(
        beginning: Int, billed: Int, ending: Int, current: Int, expected: String?
    ) {
        let figures = CollectionEffectiveness(
            beginningMinor: beginning, billedMinor: billed, endingMinor: ending, endingCurrentMinor: current)
        #expect(figures.index?.decimal(digits: 1) == expected)
    }

    @Test func `amounts near the limit of 64 bits are exact`() {
        let most = Int.max - 1
        #expect(Ratio(Int128(most) * 3_650, over: Int128(most)).decimal(digits: 1) == "3650.0")
        #expect(
            DaysSalesOutstanding.countback(receivablesMinor: most, months: [.init(days: 31, billedMinor: .max)])?
                .decimal(digits: 1) == "31.0")
    }

    @Test(arguments: [("2026-02", "2026-02-28"), ("2024-02", "2024-02-29"), ("2026-12", "2026-12-31")])
    func `a month has its last day`(text: String, last: String) throws {
        let month = try #require(CalendarMonth(text))
        #expect(
            "\(month.last)" == last && "\(month)" == text && "\(month.adding(months: 1).adding(months: -1))" == text)
        for wrong in ["2026-13", "2026", "2026-1", "2026-02-01"] { #expect(CalendarMonth(wrong) == nil) }
    }
}

@Suite struct ExpectedCashTests {
    private let day = CalendarDate("2026-03-04")!  // A Wednesday.

    private func cash() throws -> ExpectedCash {
        ExpectedCash(currency: try #require(Currency("EUR")), from: day, weeks: 3)
    }

    @Test func `weeks begin on Mondays, the first with the day`() throws {
        #expect(
            try cash().weeks.map { "\($0.from) \($0.until)" } == [
                "2026-03-04 2026-03-08", "2026-03-09 2026-03-15", "2026-03-16 2026-03-22",
            ])
    }

    @Test func `an item is expected when it is due, promised or covered; the rest apart`() throws {
        var cash = try cash()
        cash.add(openMinor: 100, dueOn: day)
        cash.add(openMinor: 10, dueOn: day.adding(days: -1))
        cash.add(openMinor: 1, dueOn: day.adding(days: 100))
        // Of 1000: 200 disputed, 300 by a draft next week, 400 promised, 100 due in the third week.
        cash.add(
            openMinor: 1_000, dueOn: day.adding(days: 14),
            obstacles: [
                .dispute(minor: 200, until: day),
                .promise(PromiseToPay(minor: 400, on: day.adding(days: -1), tolerance: 3)),
                .draft(minor: 300, until: day.adding(days: 7)),
            ])
        cash.add(openMinor: 50, dueOn: day, obstacles: [.dispute(minor: 20, until: day), .hold(DunningHold())])
        #expect(cash.weeks.map(\.dueMinor) == [100, 0, 100])
        #expect(cash.weeks.map(\.promisedMinor) == [400, 0, 0])
        #expect(cash.weeks.map(\.draftsMinor) == [0, 300, 0])
        #expect((cash.overdueMinor, cash.laterMinor, cash.disputedMinor, cash.heldMinor) == (10, 1, 220, 30))
        #expect(cash.owedMinor == 1_161)
    }

    @Test func `what is over keeps nothing back: disputes, holds and broken promises`() throws {
        var cash = try cash()
        let before = day.adding(days: -1)
        cash.add(
            openMinor: 70, dueOn: before,
            obstacles: [
                .dispute(minor: 20, until: before), .hold(DunningHold(until: before)),
                .promise(PromiseToPay(minor: 30, on: day.adding(days: -4), tolerance: 3)),
            ])
        #expect((cash.overdueMinor, cash.owedMinor) == (70, 70))
    }
}
