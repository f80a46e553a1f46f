import Automation
import Domain
import Foundation
import Testing

struct InterestTermsTests {
    private static let plain = "interest: { percent: 9 }"

    private static func procedure(_ text: String) throws -> DunningProcedure {
        let file = CompanyFileTests.small.replacing(plain, with: text)
        return try CompanyFile.read([("f", file)]).dunning.procedures[0]
    }

    @Test func `a procedure's interest says where its rate comes from and how it is counted`() throws {
        let written = try Self.procedure(
            "interest: { reference: de-base, margin: 9, regime: split, day_count: act/360, rounding: daily-rate }")
        let nine = try #require(Percent("9"))
        #expect(
            written.interest
                == InterestTerms(
                    .reference(code: "de-base", margin: nine, regime: .split, fixing: .day), dayCount: .actual360,
                    rounding: .dailyRate))
        #expect(try Self.procedure(Self.plain).interest == InterestTerms(.agreed(nine)))
        #expect(
            try Self.procedure("interest: { percent: 9.00, year_days: 360 }").interest
                == InterestTerms(.agreed(nine), dayCount: .actual360))
        #expect(
            try Self.procedure("interest: { percent_per_day: 0.05 }").interest
                == InterestTerms(.agreed(try #require(Percent("0.05"))), dayCount: .daily))
    }

    @Test(arguments: [
        "interest: { percent: 9, year_days: 360, source: § 288 BGB }", "interest: { percent_per_day: 0.05 }",
        "interest: { percent: 4, minimum: { reference: cn-lpr-1y, source: 条例第十七条 }, day_count: 30e/360 }",
        "interest: { reference: boe-base, margin: 8, regime: frozen, fixing: half-year-eve, rounding: daily-rate }",
    ])
    func `what is exported says the same, and so does what is stored`(text: String) throws {
        let company = try CompanyFile.read([("f", CompanyFileTests.small.replacing(Self.plain, with: text))])
        #expect(try CompanyFile.read([("export", CompanyText.yaml(of: company))]) == company)
        #expect(try JSONDecoder().decode(Company.self, from: JSONEncoder().encode(company)) == company)
    }

    @Test func `a company stored before the reference rates is still read`() throws {
        let old = #"{"percent":"10.27","yearDays":360,"source":"§ 288 Abs. 2 BGB"}"#
        let terms = try JSONDecoder().decode(InterestTerms.self, from: Data(old.utf8))
        #expect(
            try terms
                == InterestTerms(
                    .agreed(#require(Percent("10.27"))), dayCount: .actual360, source: "§ 288 Abs. 2 BGB"))
    }

    @Test(arguments: [
        ("interest: { source: law }", "17:25 dunning.procedures.simple.interest: there is no rate"),
        ("interest: { percent: 9, reference: b, margin: 1, regime: split }", "'percent' and 'reference' together"),
        ("interest: { percent: -9 }", "17:36 dunning.procedures.simple.interest.percent: '-9' is not a percentage"),
        ("interest: { percent: 9, regime: split }", "an agreed rate has no regime"),
        ("interest: { reference: Base, margin: 1, regime: split }", "'Base' is not the code of a reference rate"),
        ("interest: { reference: base, regime: split }", "'margin' is missing"),
        ("interest: { reference: base, margin: 9 }", "'regime' is missing"),
        ("interest: { reference: base, margin: x, regime: split }", "'x' is not points above"),
        ("interest: { reference: base, margin: 9, regime: splt }", "did you mean 'split'?"),
        ("interest: { reference: base, margin: 9, regime: split, fixing: year }", "'year' is unknown"),
        ("interest: { percent: 9, day_count: act/364.5 }", "'act/364.5' is not act/365, act/360"),
        ("interest: { percent: 9, day_count: act/1 }", "'act/1' is not act/365"),
        ("interest: { percent: 9, day_count: act/365, year_days: 365 }", "'day_count' and 'year_days' together"),
        ("interest: { percent_per_day: 0.05, year_days: 365 }", "a rate of a day needs no year"),
        ("interest: { percent: 9, rounding: twice }", "'twice' is unknown"),
        ("interest: { percent: 9, day_count: act/act, rounding: daily-rate }", "act/act has no daily rate"),
        ("interest: { percent: 9, minimum: { reference: lpr } }", "'source' is missing"),
        (
            "interest: { reference: b, margin: 9, regime: split, minimum: { reference: lpr, source: x } }",
            "only an agreed rate has a minimum"
        ),
    ])
    func `a mistake in interest is told with its place`(text: String, wanted: String) throws {
        let problems = try CompanyFileTests.problems(Self.plain, text)
        #expect(problems.contains { $0.contains(wanted) }, "\(problems)")
    }
}
