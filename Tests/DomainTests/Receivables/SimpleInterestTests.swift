import Domain
import TestSupport
import Testing

struct SimpleInterestTests {
    @Test(arguments: [
        (450_000, "11", 30, 365, 4068),
        (500_000, "12.25", 101, 365, 16949),
        (1_000_000, "11.5", 60, 365, 18904),
        (100, "10", 365, 365, 10),
        (100_000, "9", 1, 360, 25),
    ])
    func `interest is exact and rounded once`(minor: Int, percent: String, days: Int, yearDays: Int, interest: Int)
        throws
    {
        let rate = try #require(InterestRate(percent: percent))
        #expect(rate.interest(onMinor: minor, days: days, yearDays: yearDays).rounded == interest)
    }

    @Test func `a half is rounded up`() throws {
        let rate = try #require(InterestRate(percent: "1"))
        #expect(rate.interest(onMinor: 50, days: 365, yearDays: 365).rounded == 1)
        #expect(rate.interest(onMinor: 49, days: 365, yearDays: 365).rounded == 0)
    }

    @Test func `the exact amount is shown with four digits more`() throws {
        let rate = try #require(InterestRate(percent: "11"))
        let exact = rate.interest(onMinor: 450_000, days: 30, yearDays: 365)
        #expect(exact.decimal(in: try #require(Currency("EUR"))) == "40.684931")
        #expect(exact.decimal(in: try #require(Currency("JPY"))) == "4068.4931")
    }

    @Test func `interest before rounding is additive in days and in amounts`() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<1000 {
            let rate = try #require(
                InterestRate(
                    percent: "\(Int.random(in: 0...30, using: &random)).\(Int.random(in: 0...99, using: &random))"))
            let (minor, first, second) = (
                Int.random(in: 0...10_000_000_000, using: &random), Int.random(in: 0...900, using: &random),
                Int.random(in: 0...900, using: &random)
            )
            func parts(_ minor: Int, _ days: Int) -> Int128 {
                rate.interest(onMinor: minor, days: days, yearDays: 365).numerator
            }
            #expect(parts(minor, first) + parts(minor, second) == parts(minor, first + second))
            #expect(parts(minor, first) + parts(77, first) == parts(minor + 77, first))
        }
    }

    @Test(arguments: ["", "-1", "1.", ".5", "1,5", "1e2", "1001", "1.0000000001", "12345"])
    func `what is no rate is refused`(percent: String) {
        #expect(InterestRate(percent: percent) == nil)
    }
}
