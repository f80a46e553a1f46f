import Domain
import Postgres
import Store
import TestSupport
import Testing

@Suite struct MigratorTests {
    @Test func `an empty database is brought to the program's version, and a second time nothing is applied`()
        async throws
    {
        try await TestDatabase.with(isMigrated: false) { database in
            try await database.pool.withConnection { connection in
                let migrator = try Migrator(connection)
                let state = try await migrator.state()
                #expect(state == .empty)
                try await migrator.bootstrap()
                let applied = try await migrator.migrate()
                let names = try Migration.embedded().map(\.name)
                #expect(applied == names)
                let again = try await migrator.migrate()
                #expect(again.isEmpty)
                let problem = try await migrator.state().problem
                #expect(problem == nil)
            }
        }
    }

    @Test func `programs that migrate at the same moment apply each migration once`() async throws {
        try await TestDatabase.with(isMigrated: false) { database in
            try await database.pool.withConnection { try await Migrator($0).bootstrap() }
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 {
                    group.addTask { try await database.pool.withConnection { try await Migrator($0).migrate() } }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let names = try Migration.embedded().map(\.name)
            #expect(applied.sorted() == names.sorted())
        }
    }

    @Test func `a migration whose text has changed since is refused`() async throws {
        try await TestDatabase.with { database in
            try await database.pool.withConnection { connection in
                try await connection.script("UPDATE ltc.migrations SET sha256 = 'another' WHERE version = 1")
                let state = try await Migrator(connection).state()
                #expect(state == .changed(name: "0001_lead_to_cash"))
                #expect(state.problem?.code == "migration_changed")
            }
        }
    }

    @Test(arguments: [(1, nil), (99, "schema_too_new")])
    func `a newer database is worked on as long as it says that this program may`(from: Int, problem: String?)
        async throws
    {
        try await TestDatabase.with { database in
            try await database.pool.withConnection { connection in
                try await connection.script(
                    "INSERT INTO ltc.migrations (version, name, sha256, compatible_from) VALUES (99, 'later', '', \(from))"
                )
                let state = try await Migrator(connection).state()
                #expect(state.problem?.code == problem)
            }
        }
    }
}
