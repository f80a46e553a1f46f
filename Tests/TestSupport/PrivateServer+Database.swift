package import Postgres
import Store

extension PrivateServer {
    /// Makes a database and brings it to this program's schema.
    ///
    /// - Returns: how to reach it.
    @discardableResult
    package func createDatabase(_ name: String) async throws -> ConnectionSettings {
        let server = try await Connection.open(ConnectionSettings(conninfo()), logger: TestDatabase.logger)
        try await server.script("CREATE DATABASE \"\(name)\"")
        await server.close()
        let settings = ConnectionSettings(conninfo(name))
        let connection = try await Connection.open(settings, logger: TestDatabase.logger)
        let migrator = try Migrator(connection)
        try await migrator.bootstrap()
        _ = try await migrator.migrate()
        await connection.close()
        return settings
    }
}
