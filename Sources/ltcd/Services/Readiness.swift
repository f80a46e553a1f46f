import Domain
import Logging
import Postgres
import Store
import Synchronization

/// Whether the daemon does its work, and if not, why.
final class Readiness: Sendable {
    enum Phase: Sendable, Hashable {
        case starting
        case waitingForDatabase
        case working
        case stopping
    }

    private let pool: Pool
    private let phase = Mutex(Phase.starting)

    init(pool: Pool) { self.pool = pool }

    func enter(_ new: Phase) { phase.withLock { $0 = new } }

    /// Nil when work is done: the engine runs, and the database answers now and has the right schema.
    func problem() async -> String? {
        switch phase.withLock({ $0 }) {
        case .starting: return "starting"
        case .waitingForDatabase: return "waiting for the database"
        case .stopping: return "stopping"
        case .working: break
        }
        do {
            return try await schemaState(within: .seconds(3)).problem?.what
        } catch {
            return "the database does not answer"
        }
    }

    /// - Throws: `DatabaseError` when the database cannot be asked in time.
    func schemaState(within limit: Duration) async throws -> SchemaState {
        try await withThrowingTaskGroup(of: SchemaState.self) { group in
            group.addTask { [pool] in try await pool.withConnection { try await Migrator($0).state() } }
            group.addTask {
                try await Task.sleep(for: limit)
                throw DatabaseError(.timeout, "no answer within \(limit)")
            }
            defer { group.cancelAll() }
            guard let state = try await group.next() else { throw CancellationError() }
            return state
        }
    }
}
