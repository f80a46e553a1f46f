import Domain
package import Postgres

/// Brings a database's schema to this program's version.
package struct Migrator: Sendable {
    private let connection: Connection
    private let migrations: [Migration]

    package init(_ connection: Connection) throws {
        self.connection = connection
        self.migrations = try Migration.embedded()
    }

    /// Makes the roles, and lets this login migrate. Needs CREATEROLE and the ownership of the database; re-runnable.
    package func bootstrap() async throws {
        try await connection.transaction { db in try db.script(StoreSQLText.bootstrap) }
    }

    package func state() async throws -> SchemaState {
        let migrations = self.migrations
        return try await connection.transaction(.init(readOnly: true)) { db in
            try Self.state(of: migrations, in: db)
        }
    }

    /// Applies what is missing, one transaction a migration, and returns the names of what it applied.
    ///
    /// Programs that migrate at the same moment queue for one row; a table that is busy is waited for a few seconds
    /// and tried again, so that a migration never blocks the house while it waits.
    ///
    /// - Throws: `Problem` when roles are missing, or when an applied migration's text has changed since.
    package func migrate() async throws -> [String] {
        let roles = try await connection.transaction(.init(readOnly: true)) { db in try db.one(MigrationsSQL.HasRoles())
        }
        guard roles.exist, roles.mayMigrate else {
            throw Problem(
                .refused, "roles_missing",
                roles.exist ? "this login may not act as ltc_owner" : "the database roles of ltc do not exist yet",
                advice: "ltc migrate --bootstrap, as a role with CREATEROLE that owns the database")
        }
        _ = try await connection.transaction(Self.options) { db in try db.execute(MigrationsSQL.PrepareLedger()) }
        var applied: [String] = []
        for migration in migrations where try await apply(migration) {
            applied.append(migration.name)
        }
        return applied
    }

    private static let options = TransactionOptions(lockTimeout: .seconds(5), role: "ltc_owner", retries: 10)

    /// False when it is there already.
    private func apply(_ migration: Migration) async throws -> Bool {
        let migrations = self.migrations
        guard migration.isTransactional else { return try await applyOutsideTransaction(migration) }
        return try await connection.transaction(Self.options) { db in
            guard try Self.isPending(migration, of: migrations, in: db) else { return false }
            try db.script(migration.text)
            try Self.record(migration, in: db)
            return true
        }
    }

    private func applyOutsideTransaction(_ migration: Migration) async throws -> Bool {
        let migrations = self.migrations
        let isPending = try await connection.transaction(Self.options) { db in
            try Self.isPending(migration, of: migrations, in: db)
        }
        guard isPending else { return false }
        try await connection.script("SET ROLE ltc_owner")
        try await connection.script(migration.text)
        try await connection.script("RESET ROLE")
        try await connection.transaction(Self.options) { db in
            if try Self.isPending(migration, of: migrations, in: db) { try Self.record(migration, in: db) }
        }
        return true
    }

    private static func isPending(
        _ migration: Migration, of migrations: [Migration], in db: isolated Connection
    ) throws -> Bool {
        _ = try db.one(MigrationsSQL.TakeLock())
        switch try state(of: migrations, in: db) {
        case .empty: return true
        case .behind(_, let pending): return pending.contains(migration.name)
        case .current, .ahead: return false
        case .tooNew, .changed: throw try state(of: migrations, in: db).problem ?? Problem(.defect, "schema", "unknown")
        }
    }

    private static func record(_ migration: Migration, in db: isolated Connection) throws {
        let sha256 = try db.one(MigrationsSQL.Fingerprint(texts: [migration.text])).sha256
        try db.execute(
            MigrationsSQL.Record(
                version: migration.version, name: migration.name, sha256: sha256,
                compatibleFrom: migration.compatibleFrom))
    }

    private static func state(of migrations: [Migration], in db: isolated Connection) throws -> SchemaState {
        guard try db.one(MigrationsSQL.LedgerExists()).isThere else { return .empty }
        let applied = try db.run(MigrationsSQL.Applied())
        guard let last = applied.last else { return .empty }
        let fingerprints = try db.run(MigrationsSQL.Fingerprint(texts: migrations.map(\.text))).map(\.sha256)
        let ours = Dictionary(uniqueKeysWithValues: zip(migrations.map(\.version), fingerprints))
        for row in applied {
            if let sha256 = ours[row.version], sha256 != row.sha256 { return .changed(name: row.name) }
        }
        let program = migrations.last?.version ?? 0
        if last.version > program {
            let needed = applied.map(\.compatibleFrom).max() ?? last.version
            return needed <= program
                ? .ahead(version: last.version) : .tooNew(version: last.version, compatibleFrom: needed)
        }
        let there = Set(applied.map(\.version))
        let pending = migrations.filter { !there.contains($0.version) }.map(\.name)
        return pending.isEmpty ? .current(version: program) : .behind(version: last.version, pending: pending)
    }
}
