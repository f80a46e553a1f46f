import Domain
import Testing

@Suite struct CostsTests {
    private func money(_ amount: String, _ currency: String = "GBP") throws -> Money {
        try Money(amount, currency: try #require(Currency(currency)))
    }

    // Late Payment of Commercial Debts (Interest) Act 1998, section 5A.
    @Test(arguments: [(1, 4000), (99_999, 4000), (100_000, 7000), (999_999, 7000), (1_000_000, 10_000)])
    func `the size of the debt sets the compensation`(debt: Int, minor: Int) throws {
        let rule = Compensation([
            .init(try money("40.00"), below: try money("1000.00")),
            .init(try money("70.00"), below: try money("10000.00")), .init(try money("100.00")),
            .init(try money("40.00", "EUR")),
        ])
        let pounds = try #require(Currency("GBP"))
        #expect(rule.amount(forPrincipal: debt, in: pounds, claimedBefore: false)?.minor == minor)
        #expect(rule.amount(forPrincipal: debt, in: pounds, claimedBefore: true) == nil)
        let euros = try #require(Currency("EUR"))
        #expect(rule.amount(forPrincipal: debt, in: euros, claimedBefore: false)?.minor == 4000)
        #expect(rule.amount(forPrincipal: 0, in: euros, claimedBefore: false) == nil)
        #expect(try rule.amount(forPrincipal: 1, in: #require(Currency("USD")), claimedBefore: false) == nil)
    }

    @Test(arguments: [
        ("10000.00", 500, 10_000, 10_000, true, 1900), ("100.00", 500, 100, 600, false, 114),
        ("0.00", 500, 0, 500, false, 95),
    ])
    func `a fee is fixed and a share, capped, and the tax comes on top`(
        original: String, fixed: Int, share: Int, net: Int, capped: Bool, tax: Int
    ) throws {
        let fee = NoticeFee(
            try money("5.00", "EUR"), share: try #require(Percent("1")), cap: try money("100.00", "EUR"),
            tax: try #require(Percent("19")))
        let computed = try fee.fee(onOriginal: try money(original, "EUR"))
        #expect((computed.fixedMinor, computed.shareMinor) == (fixed, share))
        #expect((computed.netMinor, computed.isCapped, computed.taxMinor) == (net, capped, tax))
        #expect(computed.grossMinor == net + tax)
    }

    @Test func `a fee in another currency or below zero is refused`() throws {
        func code(_ fee: NoticeFee) throws -> String? {
            do {
                _ = try fee.fee(onOriginal: try money("1.00"))
                return nil
            } catch let problem as Problem {
                return problem.code
            }
        }
        #expect(try code(NoticeFee(try money("5.00", "EUR"))) == "fee_in_another_currency")
        #expect(try code(NoticeFee(try money("5.00"), cap: try money("5.00", "EUR"))) == "fee_in_another_currency")
        #expect(try code(NoticeFee(try money("-5.00"))) == "negative_fee")
        #expect(try code(NoticeFee(try money("5.00"), tax: try #require(Percent("-1")))) == "negative_fee")
    }

    @Test func `postings add up to the cumulative interest, and none is negative`() {
        var posted = 0
        for cumulative in [0, 411, 411, 900, 850, 880, 1000] {
            let next = InterestToPost(cumulativeMinor: cumulative, postedMinor: posted)
            #expect(next.minor >= 0 && next.minor * next.excessMinor == 0)
            #expect(posted + next.minor - next.excessMinor == cumulative)
            posted += next.minor
        }
        #expect(posted == 1000)
    }
}
