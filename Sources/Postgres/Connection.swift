import CLibPQ
public import Logging

/// One connection to a server, on a thread of its own.
///
/// Its statements are synchronous: they run inside a transaction's closure, which takes the connection `isolated` and
/// cannot await. So two transactions on one connection never interleave, and nothing waits for the outside world while
/// rows are locked.
public actor Connection {
    private let executor = ConnectionExecutor()
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    /// Its thread, for tasks that do little but ask it: what wakes them wakes who asks the server. They must not block it.
    public nonisolated var thread: any TaskExecutor { executor.forTasks }

    let settings: ConnectionSettings
    let logger: Logger
    private nonisolated let interrupt = Interrupt()
    let notices: NoticeSink
    var session = Session()
    /// The text that each prepared name stands for on the server.
    var prepared: [String: String] = [:]
    /// How many cursors this connection has had; each gets a name of its own.
    var cursors = 0
    /// Statements that go out together with the next one: a transaction's opening costs no exchange of its own.
    var unsent: [String] = []
    /// As whom the running transaction acts, if not as its login.
    var role: String?
    /// When the running transaction, or other exclusive use, must be done.
    private var deadline: ContinuousClock.Instant?

    /// Not connected: the first transaction connects.
    init(_ settings: ConnectionSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        notices = NoticeSink(logger: logger)
    }

    /// - Throws: `.unreachable`, `.cancelled`.
    public static func open(_ settings: ConnectionSettings, logger: Logger) async throws -> Connection {
        let connection = Connection(settings, logger: logger)
        try await connection.exclusively { try $0.connect() }
        return connection
    }

    /// Before a use that does not begin with a transaction, which would connect by itself.
    func connectIfClosed() async throws {
        if !session.isOpen { try await exclusively { try $0.connect() } }
    }

    public func close() {
        session.close()
        prepared.removeAll()
        unsent.removeAll()
    }

    /// Whether there is a server behind it, as far as is known.
    public var isOpen: Bool { session.isOpen }

    /// Runs a transaction: commits when `body` returns, rolls back when it throws.
    ///
    /// A connection that has died since its last use is replaced before the transaction begins.
    /// - Throws: what `body` throws; `DatabaseError`.
    @discardableResult
    public func transaction<R: Sendable>(
        _ options: TransactionOptions = .init(), _ body: @Sendable (isolated Connection) throws -> R
    ) async throws -> R {
        let deadline = options.deadline.map { ContinuousClock.now + $0 }
        return try await retrying(options.retries, until: deadline) { try $0.attempt(options, body) }
    }

    /// Runs `body` again after a serialization failure or a deadlock.
    func retrying<R: Sendable>(
        _ retries: Int, until deadline: ContinuousClock.Instant?, _ body: @Sendable (isolated Connection) throws -> R
    ) async throws -> R {
        for retry in 0..<retries {
            do {
                return try await exclusively(until: deadline, body)
            } catch let error as DatabaseError where error.isTransient {
                if error.isStalePlan { forgetPlans() }
                try await pause(beforeRetry: retry + 1, after: error)
            }
        }
        return try await exclusively(until: deadline, body)
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
    @discardableResult
    public func exclusively<R: Sendable>(
        until deadline: ContinuousClock.Instant? = nil, _ body: @Sendable (isolated Connection) throws -> R
    ) async throws -> R {
        interrupt.lower()
        self.deadline = deadline
        defer {
            self.deadline = nil
            rollBack()  // whatever is still open: it failed, or was only tried
        }
        return try await withTaskCancellationHandler {
            try body(self)
        } onCancel: {
            interrupt.raise()
        }
    }

    // MARK: Inside

    /// The limits of the statement that begins now.
    var limits: Limits {
        let limits = Limits(deadline: deadline, interrupt: interrupt)
        return settings.statementTimeout.map(limits.atMost) ?? limits
    }

    /// How long a connection may take to answer to next to nothing before another one is made.
    private static let probeTimeout = Duration.seconds(5)

    /// The limits of an exchange that only a dead peer makes long.
    private var probeLimits: Limits {
        let timeout = min(settings.connectTimeout, Self.probeTimeout)
        var limits = Limits(deadline: deadline, interrupt: interrupt).atMost(timeout)
        limits.isProbe = true
        return limits
    }

    func connect() throws {
        close()
        let limits = Limits(deadline: deadline, interrupt: interrupt)
        let left = try session.connect(
            settings.keywords, timeout: settings.connectTimeout, limits, notices: notices)
        for refusal in left {
            logger.warning("PostgreSQL: another server is taken", metadata: ["because": "\(refusal)"])
        }
    }

    private func attempt<R>(_ options: TransactionOptions, _ body: (isolated Connection) throws -> R) throws -> R {
        try begin(options)
        let result = try body(self)
        // What nothing followed has no effect; where nothing was sent at all, there is nothing to end.
        let isUnopened = isUnopened
        unsent.removeAll()
        if isUnopened { return result }
        if options.rollsBack { try perform("SET CONSTRAINTS ALL IMMEDIATE", limits) }
        guard session.transactionStatus == PQTRANS_INTRANS else {
            throw DatabaseError(.usage, "a statement failed, or ended the transaction, and the closure went on")
        }
        if !options.rollsBack { try commit() }
        return result
    }

    private func begin(_ options: TransactionOptions) throws {
        if !session.isStillThere() { try connect() }
        unsent = options.opening(settings)
        role = options.role
    }

    /// Nothing of the transaction has been sent.
    private var isUnopened: Bool { session.transactionStatus == PQTRANS_IDLE && !unsent.isEmpty }

    /// Has `statements` go out with the next one, in one exchange: settings, a savepoint. Without a next one they are left out.
    public func later(_ statements: [String]) { unsent += statements }

    /// Sends what was to go out with the next statement, where nothing can go out with that.
    func sendUnsent() throws {
        if unsent.isEmpty { return }
        let (statements, limits) = takeUnsent()
        do {
            try perform(statements.joined(separator: "; "), limits)
        } catch let error as DatabaseError where limits.isProbe && error.kind == .connectionLost {
            try openAnew(statements, because: error)
        }
    }

    /// - Returns: the limits of its answers too: a transaction's opening only asks whether there is a server.
    func takeUnsent() -> ([String], Limits) {
        let limits = isUnopened ? probeLimits : limits
        defer { unsent.removeAll() }
        return (unsent, limits)
    }

    /// The server was gone when a transaction began, and nothing of it has happened.
    func openAnew(_ opening: [String], because error: DatabaseError) throws {
        logger.info("PostgreSQL: connection lost, connecting again", metadata: ["error": "\(error)"])
        try connect()
        try perform(opening.joined(separator: "; "), probeLimits)
    }

    private func commit() throws {
        let limits = limits
        try limits.check()
        try committing { try perform("COMMIT", limits) }
    }

    /// Runs what commits, and says so when nobody knows whether it did.
    func committing<R>(_ body: () throws -> R) throws -> R {
        notices.replicationUnsure = false
        let result: R
        do {
            result = try body()
        } catch var error as DatabaseError where !session.isOpen {
            error.kind = .unknownOutcome
            error.message = "the answer to COMMIT was lost: \(error.message)"
            throw error
        }
        if notices.replicationUnsure {
            throw DatabaseError(
                .unknownOutcome, "COMMIT stands on the primary only: its wait for a standby was cancelled")
        }
        return result
    }

    private func rollBack() {
        unsent.removeAll()
        guard session.isOpen, session.transactionStatus != PQTRANS_IDLE else { return }
        tidy("ROLLBACK")
    }

    /// After a migration, or a reset behind our back, no plan is to be trusted.
    private func forgetPlans() {
        prepared.removeAll()
        if session.isOpen { tidy("DEALLOCATE ALL") }
    }

    /// Brings the connection into a known state; one that refuses even this is closed.
    private func tidy(_ sql: String) {
        do {
            try perform(sql, .within(Session.cancelGrace))
        } catch {
            logger.info("PostgreSQL: connection closed", metadata: ["error": "\(error)", "after": "\(sql)"])
            close()
        }
    }

    /// Asks whether the server is still there; closes the connection if it is not.
    func probe() throws {
        do {
            try perform("SELECT 1", probeLimits)
        } catch {
            close()
            throw error
        }
    }

    /// Sends text without parameters, possibly of several statements.
    func perform(_ sql: String, _ limits: Limits) throws {
        try session.send(limits) { PQsendQuery($0, sql) }
        _ = try session.answer(limits)
    }
}
