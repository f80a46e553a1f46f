import Automation
import Domain
import Foundation
import Logging
import Postgres
import TestSupport

/// A small company in a test's database: a sales team in Berlin (ada, bob, eve, and mia who manages it), one in Shanghai
/// (li, wang), and rules by region.
struct SalesOffice: Sendable {
    let database: TestDatabase

    static func company() throws -> Company {
        var china = AssignmentRule(name: "china", team: "apac")
        china.conditions = [.region: ["China"]]
        var fair = AssignmentRule(name: "fair", team: "emea")
        fair.conditions = [.channel: ["fair"]]
        fair.toPool = true
        var europe = AssignmentRule(name: "europe", team: "emea")
        europe.conditions = [.region: ["emea"]]
        var company = Company(name: "Test")
        company.assignment.rules = [china, fair, europe]
        company.followUps = [
            FollowUpRule(name: "first-response", subject: .lead, within: .seconds(4 * 3600), escalateAfter: .days(1)),
            FollowUpRule(name: "quiet-deal", subject: .opportunity, within: .days(5), escalateAfter: .days(2)),
        ]
        return company
    }

    private static let people = """
        INSERT INTO ltc.calendars (code) VALUES ('de'), ('cn');
        INSERT INTO ltc.calendar_days (calendar_id, day, is_working, name)
        SELECT id, '2026-05-01', false, 'Tag der Arbeit' FROM ltc.calendars WHERE code = 'de';
        INSERT INTO ltc.teams (code, name, kind, zone, calendar_id, hours)
        SELECT t.code, t.name, 'sales', t.zone, c.id,
            (SELECT jsonb_object_agg(d, jsonb_build_array('09:00-17:00')) FROM generate_series(1, 5) AS d)
        FROM (VALUES ('emea', 'Europa', 'Europe/Berlin', 'de'), ('apac', '亚太', 'Asia/Shanghai', 'cn'))
            AS t (code, name, zone, calendar) JOIN ltc.calendars AS c ON c.code = t.calendar;
        INSERT INTO ltc.members (code, name, email, language)
        SELECT code, initcap(code), code || '@example.invalid', CASE WHEN code IN ('li', 'wang') THEN 'zh' ELSE 'en' END
        FROM unnest(ARRAY['ada', 'bob', 'eve', 'li', 'mia', 'wang']) AS code;
        INSERT INTO ltc.memberships (team_id, member_id, role, weight, capacity, valid_from)
        SELECT t.id, m.id, s.role, s.weight, s.capacity, '2020-01-01'
        FROM (VALUES
            ('emea', 'ada', 'member', 2, NULL), ('emea', 'bob', 'member', 1, NULL), ('emea', 'eve', 'member', 1, NULL),
            ('emea', 'mia', 'manager', 0, NULL), ('apac', 'li', 'member', 1, 3), ('apac', 'wang', 'member', 1, NULL))
            AS s (team, member, role, weight, capacity)
            JOIN ltc.teams AS t ON t.code = s.team JOIN ltc.members AS m ON m.code = s.member;
        """

    static func with<Result: Sendable>(
        _ company: Company? = nil, _ body: (SalesOffice) async throws -> Result
    ) async throws -> Result {
        let document = String(decoding: try JSONEncoder().encode(company ?? Self.company()), as: UTF8.self)
        return try await TestDatabase.with { database in
            try await database.pool.transaction { db in
                try db.script(
                    people + "INSERT INTO ltc.configuration_versions (document, sha256) VALUES ('\(document)', 'test')")
            }
            return try await body(SalesOffice(database: database))
        }
    }

    func script(_ sql: String) async throws {
        try await database.pool.transaction { db in try db.script(sql) }
    }

    /// So many new leads, a second apart, the last just before the given instant.
    func arrive(_ count: Int, region: String = "EMEA", until: String = "2026-03-02T09:00:00Z") async throws {
        try await script(
            """
            INSERT INTO ltc.leads (company, region, created_at)
            SELECT 'Firma ' || n, '\(region)', timestamptz '\(until)' - (\(count) - n) * interval '1 second'
            FROM generate_series(1, \(count)) AS n
            """)
    }

    @discardableResult func run<A: Automated>(
        _ automation: A.Type, at asOf: String, team: String? = nil, isPreview: Bool = false
    ) async throws -> A.Report {
        let asOf: AsOf = try CalendarDate(asOf).map { .day($0) } ?? .instant(Date(asOf, strategy: .iso8601))
        let request = RunRequest(team: team, asOf: asOf, actor: "test", isPreview: isPreview)
        return try await AutomationRunner(pool: database.pool, logger: TestDatabase.logger).run(automation, request)
            .report
    }

    /// The one number that a query gives.
    func count(_ query: String) async throws -> Int {
        try await texts("SELECT (\(query))::text").first.flatMap { Int($0) } ?? -1
    }

    /// The one column of text that a query gives.
    func texts(_ query: String) async throws -> [String] {
        try await database.pool.transaction { db in
            var lines: [UInt8] = []
            try db.copyOut("COPY (\(query)) TO STDOUT") { lines += $0 }
            return String(decoding: lines, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }
}
