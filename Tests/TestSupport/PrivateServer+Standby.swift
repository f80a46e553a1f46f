import Postgres

extension PrivateServer {
    /// A streaming standby that looks for its primary often enough for a test.
    ///
    /// - Parameter isAwaited: whether a COMMIT waits until the standby has it on disk (`synchronous_standby_names`). A
    ///   standby that is promoted waits for nobody.
    package func pairedStandby(isAwaited: Bool) async throws -> PrivateServer {
        let standby = try await standby(settings: ["wal_retrieve_retry_interval": "50ms"])
        if isAwaited {
            let server = try await Connection.open(ConnectionSettings(conninfo()), logger: TestDatabase.logger)
            try await server.script("ALTER SYSTEM SET synchronous_standby_names = '*'")
            await server.close()
            // A reload reaches some processes later than others.
            try await restart(.fast)
        }
        try await untilItStreams(as: isAwaited ? "sync" : "async")
        return standby
    }

    /// How to reach whichever of two servers is the primary.
    package func conninfo(orOf other: PrivateServer, _ database: String = "postgres") -> String {
        "host=\(socket),\(other.socket) port=\(port),\(other.port) user=ltc_dev dbname=\(database) "
            + "target_session_attrs=read-write"
    }

    private func untilItStreams(as state: String) async throws {
        let server = try await Connection.open(ConnectionSettings(conninfo()), logger: TestDatabase.logger)
        let end = ContinuousClock.now + .seconds(60)
        var standbys = 0
        while standbys == 0 {
            guard .now < end else { throw ProcessFailure(program: "postgres", problem: "no standby streams") }
            standbys = try await server.transaction { try $0.one(Streaming(state: state)) }
        }
        await server.close()
    }
}

private struct Streaming: Query {
    static let statement = Statement(
        name: "test.streaming",
        text: "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = $1",
        parameters: [Column("state", .text)], columns: [Column("standbys", .bigint)])
    let state: String
    func bind(to parameters: inout Parameters) { parameters.append(state, as: .text) }
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}
