/// How a transaction runs.
public struct TransactionOptions: Sendable {
    public enum Isolation: String, Sendable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    public var isolation: Isolation
    public var readOnly: Bool
    /// A dry run: deferred constraints are checked, then all is rolled back; the result is still returned.
    public var rollsBack: Bool
    /// For the whole transaction with its retries; when it passes, the server is told to stop and `.timeout` is thrown.
    public var deadline: Duration?
    public var lockTimeout: Duration?
    /// The role to act as, until the transaction ends.
    public var role: String?
    /// Statements are planned once, by index, whatever the values and the size of a table at that moment: for queues, whose
    /// tables are empty now and large a second later. `planAsUsual` ends it within the transaction.
    public var hasFixedPlans: Bool
    /// How often the closure is run again after a serialization failure or a deadlock.
    public var retries: Int

    public init(
        isolation: Isolation = .readCommitted, readOnly: Bool = false, rollsBack: Bool = false,
        deadline: Duration? = nil, lockTimeout: Duration? = nil, role: String? = nil, hasFixedPlans: Bool = false,
        retries: Int = 3
    ) {
        self.isolation = isolation
        self.readOnly = readOnly
        self.rollsBack = rollsBack
        self.deadline = deadline
        self.lockTimeout = lockTimeout
        self.role = role
        self.hasFixedPlans = hasFixedPlans
        self.retries = retries
    }

    /// The statements that begin it.
    func opening(_ settings: ConnectionSettings) -> [String] {
        var statements = ["BEGIN ISOLATION LEVEL \(isolation.rawValue)\(readOnly ? " READ ONLY" : "")"]
        if let limit = lockTimeout ?? settings.lockTimeout {
            statements.append("SET LOCAL lock_timeout = \(max(1, limit.milliseconds))")
        }
        if let limit = settings.idleTimeout {
            statements.append("SET LOCAL idle_in_transaction_session_timeout = \(max(1, limit.milliseconds))")
        }
        if let role { statements.append("SET LOCAL ROLE \"\(role.replacing("\"", with: "\"\""))\"") }
        // Of a table that was just filled the server knows nothing: a plan looks so dear then that it would compile the
        // statement for longer than it runs.
        statements.append("SET LOCAL jit = off")
        if hasFixedPlans {
            statements += ["SET LOCAL plan_cache_mode = force_generic_plan", "SET LOCAL enable_seqscan = off"]
        }
        return statements
    }

    /// Ends `hasFixedPlans`.
    public static let planAsUsual = [
        "SET LOCAL plan_cache_mode = DEFAULT", "SET LOCAL enable_seqscan = DEFAULT",
    ]

    /// Before the n-th retry: about 10 ms, doubled each time, spread so that rivals do not meet again.
    static func pause(beforeRetry retry: Int) -> Duration {
        .milliseconds(Double.random(in: 5...15) * Double(1 << min(retry - 1, 6)))
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
