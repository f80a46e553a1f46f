import Domain
import TestSupport
import Testing

@Suite struct DayCountTests {
    // ISDA, "EMU and Market Conventions: Recent Developments" (1998), section 4, worked examples of Actual/Actual (ISDA).
    @Test(arguments: [
        ("2003-11-01", "2004-05-01", "0.497724380567"),
        ("1999-02-01", "1999-07-01", "0.410958904110"),
        ("1999-07-01", "2000-07-01", "1.001377348604"),
        ("2002-08-15", "2003-07-15", "0.915068493151"),
        ("2003-07-15", "2004-01-15", "0.504004790778"),
        ("1999-07-30", "2000-01-30", "0.503892506924"),
        ("2000-01-30", "2000-06-30", "0.415300546448"),
        ("2003-12-31", "2004-01-01", "0.002739726027"),
    ])
    func `actual over actual counts each day in its own year`(start: String, end: String, fraction: String) throws {
        let part = DayCount.actualActual.fraction(from: try day(start), to: try day(end))
        #expect(part.decimal == fraction)
    }

    @Test func `actual over actual is written by years`() throws {
        let part = DayCount.actualActual.fraction(from: try day("2003-11-01"), to: try day("2004-05-01"))
        #expect(part.words == "61 / 365 + 121 / 366")
    }

    @Test(arguments: [
        ("2007-01-15", "2007-01-30", 15), ("2007-01-15", "2007-02-15", 30), ("2007-01-15", "2007-07-15", 180),
        ("2007-09-30", "2008-03-31", 180), ("2007-09-30", "2007-10-31", 30), ("2007-09-30", "2008-09-30", 360),
        ("2007-01-15", "2007-01-31", 16), ("2007-01-31", "2007-02-28", 28), ("2007-02-28", "2007-03-31", 30),
        ("2006-08-31", "2007-02-28", 178), ("2007-02-28", "2007-08-31", 180), ("2007-02-14", "2007-02-28", 14),
        ("2007-02-26", "2008-02-29", 363), ("2008-02-29", "2009-02-28", 360), ("2008-02-29", "2008-03-30", 30),
        ("2008-02-29", "2008-03-31", 30), ("2007-02-28", "2007-03-05", 5), ("2007-10-31", "2007-11-28", 28),
        ("2007-08-31", "2008-02-29", 179), ("2008-02-29", "2008-08-31", 180), ("2008-08-31", "2009-02-28", 178),
    ])
    func `thirty over 360 of the United States has its rules for the end of February`(
        start: String, end: String, days: Int
    ) throws {
        let part = DayCount.thirty360US.fraction(from: try day(start), to: try day(end))
        #expect((part.numerator, part.denominator) == (days, 360))
    }

    @Test(arguments: [
        ("2007-01-15", "2007-01-30", 15), ("2007-09-30", "2008-03-31", 180), ("2007-01-15", "2007-01-31", 15),
        ("2007-01-31", "2007-02-28", 28), ("2007-02-28", "2007-03-31", 32), ("2006-08-31", "2007-02-28", 178),
        ("2007-02-28", "2007-08-31", 182), ("2008-02-29", "2009-02-28", 359), ("2008-02-29", "2008-03-30", 31),
    ])
    func `the Eurobond basis knows no February`(start: String, end: String, days: Int) throws {
        #expect(DayCount.thirtyE360.fraction(from: try day(start), to: try day(end)).numerator == days)
    }

    @Test(arguments: [("act/365", "60 / 365"), ("act/360", "60 / 360"), ("act/1", "60"), ("30e/360", "60 / 360")])
    func `a day count is read from its name`(name: String, words: String) throws {
        let dayCount = try #require(DayCount(name))
        #expect(dayCount.description == name)
        #expect(dayCount.fraction(from: try day("2023-05-31"), to: try day("2023-07-30")).words == words)
    }

    @Test(arguments: ["act/0", "act/-365", "act/365.25", "act", "", "30/365", "ACT/365"])
    func `what is no day count is refused`(name: String) {
        #expect(DayCount(name) == nil)
    }

    @Test func `no day count goes back when the end goes on`() throws {
        var random = SeededRandom(seed: 11)
        let counts: [DayCount] = [.actual365, .actual360, .actualActual, .thirty360US, .thirtyE360]
        for _ in 0..<20_000 {
            let start = CalendarDate(daysSince1970: Int.random(in: -40_000...40_000, using: &random))
            let end = start.adding(days: Int.random(in: 0...800, using: &random))
            for dayCount in counts {
                let now = dayCount.fraction(from: start, to: end).numerator
                #expect(now >= 0 && dayCount.fraction(from: start, to: end.adding(days: 1)).numerator >= now)
            }
        }
    }
}
