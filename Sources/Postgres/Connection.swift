import CLibPQ
package import Logging

/// One connection to a server, on a thread of its own.
///
/// Its statements are synchronous: they run inside a transaction's closure, which takes the connection `isolated` and
/// cannot await. So two transactions on one connection never interleave, and nothing waits for the outside world while
/// rows are locked.
package actor Connection {
    private let executor = ConnectionExecutor()
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let settings: ConnectionSettings
    let logger: Logger
    private nonisolated let interrupt = Interrupt()
    private let notices: NoticeSink
    var session = Session()
    /// The text that each prepared name stands for on the server.
    var prepared: [String: String] = [:]
    var openCursors = 0
    /// When the running transaction, or other exclusive use, must be done.
    private var deadline: ContinuousClock.Instant?

    /// Not connected: the first transaction connects.
    init(_ settings: ConnectionSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        notices = NoticeSink(logger: logger)
    }

    /// - Throws: `.unreachable`, `.cancelled`.
    package static func open(_ settings: ConnectionSettings, logger: Logger) async throws -> Connection {
        let connection = Connection(settings, logger: logger)
        try await connection.exclusively { try $0.connect() }
        return connection
    }

    func connectIfClosed() async throws {
        if !session.isOpen { try await exclusively { try $0.connect() } }
    }

    package func close() {
        session.close()
        prepared.removeAll()
    }

    /// Whether there is a server behind it, as far as is known.
    package var isOpen: Bool { session.isOpen }

    /// Runs a transaction: commits when `body` returns, rolls back when it throws.
    ///
    /// A connection that has died since its last use is replaced before the transaction begins.
    /// - Throws: what `body` throws; `DatabaseError`.
    package func transaction<R: Sendable>(
        _ options: TransactionOptions = .init(), _ body: @Sendable (isolated Connection) throws -> R
    ) async throws -> R {
        let deadline = options.deadline.map { ContinuousClock.now + $0 }
        for retry in 1...max(1, options.retries) {
            do {
                return try await exclusively(until: deadline) { try $0.attempt(options, body) }
            } catch let error as DatabaseError where error.isTransient && options.retries > 0 {
                try await pause(beforeRetry: retry, after: error)
            }
        }
        return try await exclusively(until: deadline) { try $0.attempt(options, body) }
    }

    private func pause(beforeRetry retry: Int, after error: DatabaseError) async throws {
        logger.debug("PostgreSQL: transaction is run again", metadata: ["error": "\(error)", "retry": "\(retry)"])
        do {
            try await Task.sleep(for: TransactionOptions.pause(beforeRetry: retry))
        } catch {
            throw DatabaseError(.cancelled, "cancelled before a retry")
        }
    }

    /// Runs `body` outside of a transaction, for statements that refuse one; each commits by itself.
    ///
    /// A cancelled task and a passed deadline stop what the server does, as in a transaction.
    package func exclusively<R: Sendable>(
        until deadline: ContinuousClock.Instant? = nil, _ body: @Sendable (isolated Connection) throws -> R
    ) async throws -> R {
        interrupt.lower()
        self.deadline = deadline
        defer { self.deadline = nil }
        return try await withTaskCancellationHandler {
            try body(self)
        } onCancel: {
            interrupt.raise()
        }
    }

    // MARK: Inside

    /// The limits of the statement that begins now.
    var limits: Limits {
        let ofStatement = settings.statementTimeout.map { ContinuousClock.now + $0 }
        return Limits(deadline: [deadline, ofStatement].compactMap { $0 }.min(), interrupt: interrupt)
    }

    /// The limits of an exchange that only a dead peer makes long.
    private var shortLimits: Limits {
        let soon = ContinuousClock.now + settings.connectTimeout
        return Limits(deadline: deadline.map { min($0, soon) } ?? soon, interrupt: interrupt)
    }

    func connect() throws {
        close()
        try session.connect(settings.keywords, shortLimits, notices: notices)
    }

    private func attempt<R>(_ options: TransactionOptions, _ body: (isolated Connection) throws -> R) throws -> R {
        try begin(options)
        let result: R
        do {
            result = try body(self)
            if options.rollsBack { try perform("SET CONSTRAINTS ALL IMMEDIATE", limits) }
            guard session.transactionStatus == PQTRANS_INTRANS else {
                throw DatabaseError(.usage, "a statement failed, or ended the transaction, and the closure went on")
            }
        } catch {
            rollBack(after: error)
            throw error
        }
        if options.rollsBack { rollBack(after: nil) } else { try commit() }
        return result
    }

    private func begin(_ options: TransactionOptions) throws {
        let opening = options.opening(lockTimeout: settings.lockTimeout)
        if session.isOpen {
            do {
                return try perform(opening, shortLimits)
            } catch let error as DatabaseError where error.kind == .connectionLost || error.kind == .timeout && !session.isOpen {
                logger.info("PostgreSQL: connection lost, connecting again", metadata: ["error": "\(error)"])
            } catch {
                rollBack(after: nil)
                throw error
            }
        }
        try connect()
        do {
            try perform(opening, shortLimits)
        } catch {
            rollBack(after: nil)
            throw error
        }
    }

    private func commit() throws {
        notices.replicationUnsure = false
        do {
            try perform("COMMIT", limits)
        } catch var error as DatabaseError where !session.isOpen {
            error.kind = .unknownOutcome
            error.message = "the answer to COMMIT was lost: \(error.message)"
            throw error
        }
        if notices.replicationUnsure {
            throw DatabaseError(.unknownOutcome, "COMMIT stands on the primary only: its wait for a standby was cancelled")
        }
    }

    private func rollBack(after error: (any Error)?) {
        guard session.isOpen else { return }
        do {
            if session.transactionStatus != PQTRANS_IDLE { try perform("ROLLBACK", .within(Session.cancelGrace)) }
            if let error = error as? DatabaseError, error.isStalePlan {
                prepared.removeAll()
                try perform("DEALLOCATE ALL", .within(Session.cancelGrace))
            }
        } catch {
            logger.info("PostgreSQL: connection closed after a failed ROLLBACK", metadata: ["error": "\(error)"])
            close()
        }
    }

    /// Asks whether the server is still there; closes the connection if it is not.
    func probe() throws {
        do {
            try perform("SELECT 1", shortLimits)
        } catch {
            close()
            throw error
        }
    }

    /// Sends text without parameters, possibly of several statements.
    func perform(_ sql: String, _ limits: Limits) throws {
        try session.send { PQsendQuery($0, sql) }
        _ = try session.answer(limits)
    }
}
