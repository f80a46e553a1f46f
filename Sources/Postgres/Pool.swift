public import Logging
import Synchronization

/// A limited number of connections to one database, lent out in the order of asking.
///
/// A connection is made when it is first needed, and made anew by the first transaction after it died; a borrower
/// meets `.unreachable` only when no server can be reached at that moment.
public final class Pool: Sendable {
    private typealias Waiter = CheckedContinuation<Connection, any Error>
    private struct State {
        var pool: PoolState<Connection, Waiter>
        var statistics = Counters()
        var drained: [CheckedContinuation<Void, Never>] = []
    }
    private struct Counters {
        var borrowedTotal = 0
        var waitTime = Duration.zero
    }

    /// How many connections there are at most.
    public var limit: Int { state.withLock { $0.pool.limit } }
    private let settings: ConnectionSettings
    private let waitDeadline: Duration
    private let logger: Logger
    private let state: Mutex<State>

    public init(_ settings: ConnectionSettings, limit: Int, waitDeadline: Duration = .seconds(30), logger: Logger) {
        precondition(limit > 0, "a pool of no connections serves nobody")
        self.settings = settings
        self.waitDeadline = waitDeadline
        self.logger = logger
        state = Mutex(State(pool: PoolState(limit: limit)))
    }

    /// Runs a transaction on a borrowed connection; see `Connection.transaction`.
    @discardableResult
    public func transaction<R: Sendable>(
        _ options: TransactionOptions = .init(), _ body: @Sendable (isolated Connection) throws -> R
    ) async throws -> R {
        try await lend { try await $0.transaction(options, body) }
    }

    /// Lends a connection for the time of `body`.
    /// - Throws: `.timeout` when none came free in time, `.cancelled`, `.usage` after `close()`, `.unreachable`; what
    ///   `body` throws.
    @discardableResult
    public func withConnection<R: Sendable>(_ body: (Connection) async throws -> R) async throws -> R {
        try await lend { connection in
            try await connection.connectIfClosed()
            return try await body(connection)
        }
    }

    func lend<R: Sendable>(_ body: (Connection) async throws -> R) async throws -> R {
        let connection = try await borrow()
        do {
            let result = try await body(connection)
            await giveBack(connection)
            return result
        } catch {
            await giveBack(connection)
            throw error
        }
    }

    public var statistics: PoolStatistics {
        state.withLock { state in
            PoolStatistics(
                limit: state.pool.limit, open: state.pool.open, idle: state.pool.idle.count,
                waiting: state.pool.waiting.count, borrowedTotal: state.statistics.borrowedTotal,
                waitTime: state.statistics.waitTime)
        }
    }

    /// Refuses new borrowers and those who wait, and returns when the last connection has come back and is closed.
    public func close() async {
        let (waiters, idle) = state.withLock { $0.pool.close() }
        for waiter in waiters { waiter.resume(throwing: Self.closedError) }
        for connection in idle { await connection.close() }
        await withCheckedContinuation { continuation in
            let isDrained = state.withLock { state in
                if state.pool.open > 0 { state.drained.append(continuation) }
                return state.pool.open == 0
            }
            if isDrained { continuation.resume() }
        }
    }

    private static var closedError: DatabaseError { DatabaseError(.usage, "the pool is closed") }

    private func borrow() async throws -> Connection {
        let connection: Connection
        switch state.withLock({ $0.pool.borrow() }) {
        case .connection(let idle): connection = idle
        case .room: connection = Connection(settings, logger: logger)
        case .closed: throw Self.closedError
        case .mustWait:
            let start = ContinuousClock.now
            connection = try await waitForTurn()
            state.withLock { $0.statistics.waitTime += ContinuousClock.now - start }
        }
        state.withLock { $0.statistics.borrowedTotal += 1 }
        return connection
    }

    private func waitForTurn() async throws -> Connection {
        let id = state.withLock { $0.pool.newWaiter() }
        return try await withThrowingTaskGroup(of: Connection?.self) { group in
            group.addTask { try await self.turn(of: id) }
            group.addTask {
                do {
                    try await Task.sleep(for: self.waitDeadline)
                } catch {
                    return nil  // served, or cancelled, which the waiter sees for itself
                }
                self.refuse(id, DatabaseError(.timeout, "no connection came free within \(self.waitDeadline)"))
                return nil
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let connection = outcome { return connection }
            }
            throw DatabaseError(.cancelled, "cancelled while waiting for a connection")
        }
    }

    private func turn(of id: Int) async throws -> Connection {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let served = state.withLock { state in
                    let borrowed = state.pool.borrow()
                    if case .mustWait = borrowed { state.pool.enqueue(id, continuation) }
                    return borrowed
                }
                switch served {
                case .connection(let connection): continuation.resume(returning: connection)
                case .room: continuation.resume(returning: Connection(settings, logger: logger))
                case .closed: continuation.resume(throwing: Self.closedError)
                case .mustWait:
                    // A cancellation before the waiter stood in line found nobody to refuse.
                    if Task.isCancelled { refuse(id, DatabaseError(.cancelled, "cancelled")) }
                }
            }
        } onCancel: {
            refuse(id, DatabaseError(.cancelled, "cancelled while waiting for a connection"))
        }
    }

    private func refuse(_ id: Int, _ error: DatabaseError) {
        state.withLock { $0.pool.removeWaiter(id) }?.resume(throwing: error)
    }

    private func giveBack(_ connection: Connection) async {
        let (waiter, closes) = state.withLock { state in (state.pool.giveBack(connection), state.pool.isClosed) }
        if let waiter { return waiter.resume(returning: connection) }
        guard closes else { return }
        await connection.close()
        let drained = state.withLock { state in
            guard state.pool.open == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.drained = [] }
            return state.drained
        }
        for continuation in drained { continuation.resume() }
    }
}

/// A pool at one moment.
public struct PoolStatistics: Sendable, Hashable {
    public let limit: Int
    /// Lent out and idle ones together.
    public let open: Int
    public let idle: Int
    /// How many wait for a connection.
    public let waiting: Int
    /// How often a connection was lent since the start.
    public let borrowedTotal: Int
    /// How long borrowers have waited since the start, all together.
    public let waitTime: Duration
}
