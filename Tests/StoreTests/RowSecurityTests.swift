import Postgres
import TestSupport
import Testing

@Suite struct RowSecurityTests {
    private struct Unprotected: Query {
        static let statement = Statement(
            name: "test.unprotected",
            text: """
                SELECT c.oid::regclass::text AS name FROM pg_class AS c
                WHERE c.relnamespace = 'ltc'::regnamespace AND c.relkind IN ('r', 'p')
                    AND c.relname NOT IN ('migrations', 'migration_lock')
                    AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid))
                """,
            columns: [Column("name", .text)])
        func bind(to parameters: inout Parameters) {}
        static func decode(_ row: borrowing ResultRow) throws -> String { try row.value(at: 0, as: .text) }
    }

    private struct VisibleLeads: Query {
        static let statement = Statement(
            name: "test.leads", text: "SELECT company AS name FROM ltc.leads ORDER BY company",
            columns: [Column("name", .text)])
        func bind(to parameters: inout Parameters) {}
        static func decode(_ row: borrowing ResultRow) throws -> String { try row.value(at: 0, as: .text) }
    }

    @Test func `every table of the house has row-level security and a policy`() async throws {
        try await TestDatabase.with { database in
            let unprotected = try await database.pool.transaction { db in try db.run(Unprotected()) }
            #expect(unprotected == [])
        }
    }

    @Test func `a person sees the leads of their own teams, whatever they set`() async throws {
        try await TestDatabase.with { database in
            let login = "person_\(database.name)"
            try await database.pool.withConnection { connection in
                try await connection.script(
                    """
                    CREATE ROLE \(login) LOGIN IN ROLE ltc_person;
                    INSERT INTO ltc.teams (code, name, kind, zone, hours)
                    VALUES ('north', 'North', 'sales', 'Europe/Berlin', '{}'), ('south', 'South', 'sales', 'Europe/Rome', '{}');
                    INSERT INTO ltc.members (code, name, login) VALUES ('anna', 'Anna', '\(login)');
                    INSERT INTO ltc.memberships (team_id, member_id, role, valid_from)
                    SELECT t.id, m.id, 'member', '2026-01-01' FROM ltc.teams AS t, ltc.members AS m WHERE t.code = 'north';
                    INSERT INTO ltc.leads (company, created_at, state, team_id)
                    SELECT 'of ' || code, now(), 'pooled', id FROM ltc.teams;
                    """)
            }
            let settings = ConnectionSettings("dbname=\(database.name) user=\(login)")
            let person = try await Connection.open(settings, logger: TestDatabase.logger)
            let seen = try await person.transaction { db in
                try db.script("SET LOCAL ltc.team = 'south'; SET LOCAL search_path = pg_temp, public")
                return try db.run(VisibleLeads())
            }
            #expect(seen == ["of north"])
            await #expect(throws: DatabaseError.self) {
                try await person.transaction { db in try db.script("UPDATE ltc.leads SET notes = 'mine'") }
            }
            await person.close()
            try await database.pool.withConnection { try await $0.script("DROP ROLE \(login)") }
        }
    }
}
