import Domain
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Automation

@Suite struct ReferenceInterestTests {
    /// The office's company with 9 points above a base rate, split at its changes.
    private static func company() throws -> Company {
        var company = try FinanceOffice.company()
        company.dunning.procedures[0].interest = InterestTerms(
            .reference(code: "ecb-mro", margin: try #require(Percent("9")), regime: .split, fixing: .day),
            source: "§ 288 Abs. 2 BGB")
        return company
    }

    private static let rates = """
        rate,valid_from,percent,source,published_on
        ecb-mro,2023-07-01,4.0,ECB,2023-06-15
        ecb-mro,2023-01-01,2.5,ECB,2022-12-15
        """

    @Test func `a notice computes with the rates that were imported, and its letter shows each segment`() async throws {
        try await FinanceOffice.with(Self.company()) { office in
            let trial = Trial(office.database)
            _ = try await trial.run(try trial.write(Self.rates), as: .rates)
            try await office.invoice("R1", due: "2023-05-31", minor: 1_000_000, level: 1)
            let report = try await office.run(DunInvoices.self, on: "2023-07-30")
            #expect(report.notices.map(\.interest.amount) == ["201.37"])
            let letter = try await office.database.pool.transaction { db in
                try NoticeText.letter(of: report.notices[0].notice, in: db)
            }
            for line in [
                "R1: 10,000.00 × 11.5 % × 30 / 365 = 94.520548 (2023-06-01 to 2023-06-30; 2.5 + 9; ecb-mro 2023-01-01, ECB (2022-12-15))",
                "R1: 10,000.00 × 13 % × 30 / 365 = 106.849315 (2023-07-01 to 2023-07-30; 4 + 9; ecb-mro 2023-07-01, ECB (2023-06-15))",
                "R1: Sum 201.369863, rounded 201.37",
            ] { #expect(letter.contains(line), "\(letter)") }
        }
    }

    @Test func `without the rate of a day the run stops, says which, and sends nothing`() async throws {
        try await FinanceOffice.with(Self.company()) { office in
            let trial = Trial(office.database)
            let file = Self.rates.replacing("2023-07-01,4.0", with: "2023-07-05,4.0")
                .replacing("percent,source", with: "valid_through,percent,source")
                .replacing("05,4.0", with: "05,,4.0").replacing("01,2.5", with: "01,2023-06-30,2.5")
            _ = try await trial.run(try trial.write(file), as: .rates)
            try await office.invoice("R1", due: "2023-05-31", level: 1)
            let problem = try await #require(throws: Problem.self) {
                try await office.run(DunInvoices.self, on: "2023-07-30")
            }
            #expect(problem.code == "rate_gap")
            #expect(problem.what == "it is not known from 2023-07-01 through 2023-07-04")
            #expect(problem.place?.hasPrefix("invoice R1") == true)
            #expect(try await office.number("SELECT count(*) FROM ltc.messages") == 0)
            let told = try await office.database.pool.transaction { db in
                try ExplainInvoice.explain(
                    "R1", asOf: .day(CalendarDate("2023-07-30")!), knownAt: nil, now: FinanceOffice.noon("2023-07-30"),
                    in: db)
            }
            #expect(told.decision.level == 2 && told.decision.interest == nil)
            #expect(told.decision.problem?.contains("it is not known from 2023-07-01 through 2023-07-04") == true)
        }
    }
}
