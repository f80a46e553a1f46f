import CLibPQ
public import Logging

/// What stands between a program and its server, as far as a client can tell.
public enum Pooling: Sendable, Hashable {
    case none
    /// A pooler that gives each client a server of its own, as far as a short look can tell.
    case ownServer
    /// A pooler in transaction mode: clients take turns at the same servers. What is asked of it works.
    case shared
    /// The same, and it loses the statements that this program prepares by name.
    case losesStatements
}

extension ConnectionSettings {
    /// Looks with a few connections, all open at once.
    ///
    /// - Throws: `DatabaseError`.
    public func pooling(logger: Logger) async throws -> Pooling {
        let clients = (0..<6).map { _ in Connection(self, logger: logger) }
        let result: Result<Pooling, any Error>
        do { result = .success(try await pooling(of: clients)) } catch { result = .failure(error) }
        for client in clients { await client.close() }
        return try result.get()
    }

    private func pooling(of clients: [Connection]) async throws -> Pooling {
        let options = TransactionOptions(deadline: connectTimeout, retries: 0)
        var servers: Set<Int> = []
        do {
            for client in clients {
                let (told, own) = try await client.transaction(options) { db in
                    // A pooler gives its clients keys of its own to cancel with.
                    (Int(PQbackendPID(db.session.handle)), try db.one(OwnBackend()))
                }
                if told == own { return .none }
                if !servers.insert(own).inserted { return .shared }
            }
        } catch let error as DatabaseError where error.sqlState == "42P05" {
            // It has led to a server on which an earlier client prepared the statement, and knows nothing of that.
            return .losesStatements
        }
        return .ownServer
    }
}

extension Connection {
    /// Whether its connection string names several servers and takes one that cannot be written to.
    public var takesAnyOfSeveral: Bool {
        let options = session.options
        let hosts = options["host"] ?? options["hostaddr"] ?? ""
        return hosts.contains(",") && !["read-write", "primary"].contains(options["target_session_attrs"] ?? "any")
    }
}

private struct OwnBackend: Query {
    static let statement = Statement(
        name: "postgres.own_backend", text: "SELECT pg_backend_pid()", columns: [Column("pid", .integer)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .integer) }
}
