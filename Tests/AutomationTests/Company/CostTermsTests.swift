import Automation
import Domain
import Foundation
import Testing

struct CostTermsTests {
    private static let plain = "levels: [{ after_days: 5 }, { after_days: 9, fees: [5.00 EUR] }]"

    private static func company(fees: String = "[5.00 EUR]", compensation: String? = nil) throws -> Company {
        let levels = "levels: [{ after_days: 5 }, { after_days: 9, charges_interest: true, fees: \(fees) }]"
        let text = (compensation.map { "compensation: \($0), " } ?? "") + levels
        return try CompanyFile.read([("f", CompanyFileTests.small.replacing(plain, with: text))])
    }

    private func money(_ amount: String) throws -> Money {
        try Money(amount, currency: try #require(Currency("EUR")))
    }

    @Test func `a fee is an amount, or an amount with a share, a cap, a tax and the rule that it rests on`() throws {
        let fees = try Self.company(fees: "[{ fixed: 5.00 EUR, share: 0.5, cap: 40.00 EUR, tax: 19, source: AGB 8 }]")
            .dunning.procedures[0].levels[1].fees
        let fee = NoticeFee(
            try money("5.00"), share: try #require(Percent("0.5")), cap: try money("40.00"),
            tax: try #require(Percent("19")), source: "AGB 8")
        #expect(fees == [fee])
        #expect(try Self.company().dunning.procedures[0].levels[1].fees == [NoticeFee(money("5.00"), source: "AGB 8")])
    }

    @Test func `what is charged cites the procedure's rule where it has none of its own, and some rule it has to`()
        throws
    {
        let company = try Self.company(
            fees: "[5.00 EUR, 0.00 USD]", compensation: "{ amounts: [40.00 EUR], source: § 288 }")
        let procedure = company.dunning.procedures[0]
        #expect(procedure.interest?.source == "AGB 8" && procedure.compensation?.source == "§ 288")
        #expect(procedure.levels[1].fees.map(\.source) == ["AGB 8", ""])
        let problems = try CompanyFileTests.problems(
            Self.plain + ", source: AGB 8",
            "compensation: 40.00 EUR, "
                + Self.plain.replacing("after_days: 9", with: "after_days: 9, charges_interest: true"))
        #expect(problems.map { $0.contains("cites no rule → name the law") } == [true, true, true], "\(problems)")
    }

    @Test(
        arguments: [
            ("[5.00 EUR, 6.00 USD]", nil), ("[{ fixed: 0.00 EUR, share: 1 }, 6.00 USD]", nil),
            ("[{ fixed: 5.00 EUR, share: 0.5, cap: 40.00 EUR, tax: 19, source: AGB 8 }]", nil),
            ("[5.00 EUR]", "40.00 EUR"),
            ("[5.00 EUR]", "[{ amount: 40.00 GBP, below: 1000.00 GBP }, 70.00 GBP, 40.00 EUR]"),
            ("[5.00 EUR]", "{ amounts: [40.00 EUR], source: § 288 Abs. 5 BGB }"),
            ("[5.00 EUR]", "{ amounts: [40.00 EUR], per: instalment }"),
        ] as [(String, String?)])
    func `what is exported says the same, and so does what is stored`(fees: String, compensation: String?) throws {
        let company = try Self.company(fees: fees, compensation: compensation)
        #expect(try CompanyFile.read([("export", CompanyText.yaml(of: company))]) == company)
        #expect(try JSONDecoder().decode(Company.self, from: JSONEncoder().encode(company)) == company)
    }

    @Test func `a fee stored before it had other parts is still read`() throws {
        let old = Data(#"{"amount":"5.00","currency":"EUR"}"#.utf8)
        #expect(try JSONDecoder().decode(NoticeFee.self, from: old) == NoticeFee(money("5.00")))
    }

    @Test(arguments: [
        ("[5.00 EURO]", "'5.00 EURO' is not an amount with its ISO 4217 currency"),
        ("[{ share: 1 }]", "'fixed' is missing"), ("[{ fixed: 5.00 EUR, tax: 190 }]", "190 % is the whole or more"),
        ("[-5.00 EUR]", "the amount is negative"),
        ("[{ fixed: 5.00 EUR, share: -1 }]", "'-1' is not a percentage of the original amount"),
        ("[{ fixed: 5.00 EUR, tax: x }]", "'x' is not a percentage of the fee"),
        ("[{ fixed: 5.00 EUR, cap: 9.00 USD }]", "it is in USD, the fixed sum in EUR"),
        ("[{ fixed: 5.00 EUR, cap: 4.00 EUR }]", "it is less than the fixed sum of 5.00 EUR"),
        ("[5.00 EUR, { fixed: 1.00 EUR }]", "levels[2].fees[2]: EUR stands here twice"),
    ])
    func `a mistake in a fee is told with its place`(fees: String, wanted: String) throws {
        let problems = try CompanyFileTests.problems("fees: [5.00 EUR]", "fees: \(fees)")
        #expect(problems.contains { $0.contains(wanted) }, "\(problems)")
    }

    @Test func `a currency that one level names has a fee at each level that has fees`() throws {
        let problems = try CompanyFileTests.problems(
            "{ after_days: 5 }", "{ after_days: 5, fees: [1.00 USD, 1.00 EUR] }")
        #expect(
            problems.contains {
                $0.contains(
                    "levels[2]: the level has fees, but none in USD → add one to 'fees', such as 0.00 USD for no fee")
            }, "\(problems)")
    }

    @Test(arguments: [
        ("40.00", "'40.00' is not an amount"), ("0.00 EUR", "is not more than nothing"),
        ("[40.00 EUR, 50.00 EUR]", "is for every debt in EUR"),
        ("[{ amount: 40.00 EUR, below: 9.00 GBP }]", "it is in GBP, the amount in EUR"),
        ("[{ amount: 40.00 EUR, below: 9.00 EUR }]", "there is nothing for debts of 9.00 EUR and more"),
        (
            "[{ amount: 4.00 EUR, below: 9.00 EUR }, { amount: 5.00 EUR, below: 9.00 EUR }, 6.00 EUR]",
            "'below' does not rise above 9.00 EUR"
        ),
        ("[{ amount: 4.00 EUR, below: 9.00 EUR }, 3.00 EUR]", "3.00 EUR is less than the 4.00 EUR of smaller debts"),
        ("{ amounts: [4.00 EUR], per: month }", "'month' is unknown"),
        ("{ source: law }", "'amounts' is missing"), ("40.00 EUR", "no level charges it"),
    ])
    func `a mistake in compensation is told with its place`(text: String, wanted: String) throws {
        let problems = try CompanyFileTests.problems("levels: [{", "compensation: \(text), levels: [{")
        #expect(problems.contains { $0.contains(wanted) && $0.contains("compensation") }, "\(problems)")
    }
}
