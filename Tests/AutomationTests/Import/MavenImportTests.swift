import Domain
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Automation

/// The published CRM of a computer-hardware company: 8,800 deals as they come, misspellings and gaps included.
@Suite struct MavenImportTests {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        .standardizedFileURL
    static let data = package.appending(path: "../shared/data/maven-crm").standardizedFileURL
    static var isThere: Bool { FileManager.default.fileExists(atPath: data.path(percentEncoded: false)) }

    @Test(.enabled(if: isThere, "the data of maven-crm is not beside this package"))
    func `every row of the CRM is taken, a second import changes nothing, and the automations run on it`() async throws
    {
        try await TestDatabase.with { database in
            try await Self.applyCompany(to: database)
            let map = try MapFile.read(
                Self.package.appending(path: "config/imports/maven-crm.yaml").path(percentEncoded: false))
            let first = try await Self.importAll(map, into: database)
            #expect(
                first.flatMap(\.outputs) == [
                    .init(kind: .teams, rows: 35, taken: 3, unchanged: 32),
                    .init(kind: .members, rows: 35, taken: 35),
                    .init(kind: .members, rows: 35, taken: 6, unchanged: 29),
                    .init(kind: .customers, rows: 85, taken: 85),
                    .init(kind: .opportunities, rows: 8800, taken: 8800),
                    .init(kind: .contracts, rows: 4238, taken: 4238),
                    .init(kind: .invoices, rows: 4238, taken: 4238),
                ])
            #expect(first.flatMap(\.rejects).isEmpty)
            #expect(first.flatMap(\.unknownColumns).isEmpty)
            let before = try await Self.facts(of: database)
            #expect(before == Self.facts)
            let second = try await Self.importAll(map, into: database)
            #expect(second.flatMap(\.outputs).allSatisfy { $0.unchanged == $0.rows })
            let after = try await Self.facts(of: database)
            #expect(after == before)
            try await Self.runAutomations(on: database)
        }
    }

    /// On Friday 2017-12-29 every overdue invoice stands in one notice a customer, and every office hears of its open deals.
    private static func runAutomations(on database: TestDatabase) async throws {
        let runner = AutomationRunner(pool: database.pool, logger: TestDatabase.logger)
        let request = RunRequest(asOf: .day(CalendarDate("2017-12-29")!), actor: "test")
        let dunned = try await runner.run(DunInvoices.self, request).report
        #expect(dunned.counts["notices"] == 85)
        #expect(dunned.counts["invoices"] == 3696)
        let again = try await runner.run(DunInvoices.self, request).report
        #expect(again.counts["notices"] == 0)
        let reminded = try await runner.run(RemindFollowUps.self, request)
        #expect(reminded.runs.compactMap(\.team).sorted() == ["office-central", "office-east", "office-west"])
        // Engaging deals carry their day; prospects without one arrived with the import, long after.
        #expect(Set(reminded.report.reminders.map(\.subject)).count > 1500)
        let renewals = try await runner.run(AlertRenewals.self, request).report
        #expect(renewals.alerts.isEmpty)
        let assigned = try await runner.run(AssignLeads.self, request).report
        #expect(assigned.assigned.isEmpty)
    }

    private static func applyCompany(to database: TestDatabase) async throws {
        let path = package.appending(path: "config/imports/maven-crm.company.yaml").path(percentEncoded: false)
        let company = try CompanyFile.read([(path: path, text: try String(contentsOfFile: path, encoding: .utf8))])
        let start = try #require(CalendarDate("2016-10-01")).daysSince1970 * 86_400
        try await database.pool.transaction { db in
            _ = try ApplyConfiguration.apply(
                company, actor: "test", asOf: Date(timeIntervalSince1970: TimeInterval(start)), in: db)
        }
    }

    private static func importAll(_ map: ImportMap, into database: TestDatabase) async throws -> [ImportReport] {
        var reports: [ImportReport] = []
        for file in map.files {
            let path = data.appending(path: file.file).path(percentEncoded: false)
            let kind = try #require(file.outputs.last?.kind)
            reports.append(try await FileImport(kind, path: path, map: map, asOf: Trial.asOf).run(on: database.pool))
        }
        return reports
    }

    /// What the data's publisher and a count by hand say.
    private static let facts = [
        "won 4238", "lost 2473", "solution 1589", "needs 500", "without customer 1425", "won value 10005534.00",
        "owners 30", "managers 6", "overdue on 2017-12-29: 3696 of 85 customers", "GTX Pro 1480", "GTXPro 0",
        "chain teams 3", "events 23987",
    ]

    private static func facts(of database: TestDatabase) async throws -> [String] {
        try await database.rows(
            """
            SELECT fact FROM (
                SELECT 1 AS rank, array_position('{won,lost,solution,needs}', stage) AS sub, stage || ' ' || count(*) AS fact
                FROM ltc.opportunities GROUP BY stage
                UNION ALL SELECT 2, 0, 'without customer ' || count(*) FROM ltc.opportunities WHERE customer_id IS NULL
                UNION ALL SELECT 3, 0, 'won value ' || (sum(amount_minor) / 100.0)::numeric(12, 2)
                    FROM ltc.opportunities WHERE stage = 'won'
                UNION ALL SELECT 4, 0, 'owners ' || count(DISTINCT owner_id) FROM ltc.opportunities
                UNION ALL SELECT 5, 0, 'managers ' || count(*) FROM ltc.memberships AS s JOIN ltc.teams AS t ON t.id = s.team_id
                    WHERE s.role = 'manager' AND t.kind = 'sales'
                UNION ALL SELECT 6, 0, 'overdue on 2017-12-29: ' || count(*) || ' of ' || count(DISTINCT customer_id) || ' customers'
                    FROM ltc.invoices WHERE due_on < '2017-12-29' AND open_minor > 0
                UNION ALL SELECT 7, 0, 'GTX Pro ' || count(*) FROM ltc.opportunities WHERE product = 'GTX Pro'
                UNION ALL SELECT 8, 0, 'GTXPro ' || count(*) FROM ltc.opportunities WHERE product = 'GTXPro'
                UNION ALL SELECT 9, 0, 'chain teams ' || count(DISTINCT sales_team_id) FROM ltc.invoices
                UNION ALL SELECT 10, 0, 'events ' || count(*) FROM ltc.events WHERE reason = 'imported') AS f
            ORDER BY rank, sub
            """)
    }

    static func makeCreditor(in database: TestDatabase) async throws {
        try await database.pool.transaction { db in
            try db.script(
                """
                INSERT INTO ltc.teams (code, name, kind, zone, hours) VALUES ('finance', 'Finance', 'finance', 'UTC', '{}');
                INSERT INTO ltc.creditors (code, name, finance_team_id) SELECT 'hardware', 'Hardware Inc.', id FROM ltc.teams;
                """)
        }
    }
}
