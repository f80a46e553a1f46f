import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@testable import Automation

@Suite struct RateImportTests {
    @Test func `rates come in any order, and a known one follows the file`() async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let file = """
                rate,valid_from,valid_through,percent,source,published_on
                de-base,2025-07-01,,1.27,Bundesbank,
                de-base,2025-01-01,2025-06-30,2.270,Bundesbank,2024-12-31
                de-base,2016-07-01,2022-12-31,-0.88,Bundesbank,
                """
            let first = try await trial.run(try trial.write(file), as: .rates)
            #expect(first.outputs == [.init(kind: .rates, rows: 3, taken: 3)])
            let again = try await trial.run(
                try trial.write(file.replacing("2025-07-01,,", with: "2025-07-01,2025-12-31,")), as: .rates)
            #expect(again.outputs == [.init(kind: .rates, rows: 3, changed: 1, unchanged: 2)])
            let table = try await database.pool.transaction { db in try RateStore.table(in: db) }
            func percent(_ day: String) throws -> Percent {
                try table.rate("de-base", on: try #require(CalendarDate(day))).percent
            }
            #expect(try percent("2025-06-30") == Percent("2.27"))
            #expect(try percent("2022-12-31") == Percent("-0.88"))
            #expect(throws: Problem.self) { try percent("2023-01-01") }
            #expect(throws: Problem.self) { try percent("2026-01-01") }
        }
    }

    @Test func `a rate that is none, stands twice or overlaps another is rejected with its line`() async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let known = "rate,valid_from,valid_through,percent,source\nb,2025-01-01,2025-06-30,1,X\n"
            _ = try await trial.run(try trial.write(known), as: .rates)
            let file = """
                rate,valid_from,valid_through,percent,source
                Base Rate,2025-01-01,,1,X
                a,2025-01-01,,eleven,X
                a,2025-01-01,,101,X
                a,2025-01-01,2024-12-31,1,X
                a,2025-01-01,,1,
                a,2025-01-01,,1,X
                a,2025-01-01,,2,X
                b,2025-06-30,,1,X
                b,2024-01-01,2025-01-01,1,X
                b,2025-07-01,,1,X
                """
            let report = try await trial.run(try trial.write(file), as: .rates)
            #expect(report.outputs == [.init(kind: .rates, rows: 10, taken: 2, rejected: 8)])
            #expect(
                report.rejects.map(\.reject.reason) == [
                    .unknownValue, .invalidNumber, .outOfRange, .contradiction, .missingValue, .duplicateExternalID,
                    .contradiction, .contradiction,
                ])
            #expect(report.rejects.map(\.line) == [2, 3, 4, 5, 6, 8, 9, 10])
        }
    }

    @Test func `the example's rates are taken whole`() async throws {
        try await TestDatabase.with { database in
            let report = try await Trial(database).run(
                MavenImportTests.package.appending(path: "config/examples/rates.csv").path, as: .rates)
            #expect(report.rejects == [])
            _ = try await database.pool.transaction { db in try RateStore.table(in: db) }
        }
    }
}
