/// How to reach a server and how long to bear with it.
public struct ConnectionSettings: Sendable {
    /// libpq keywords or a URI; empty for the libpq environment. Hosts, TLS, service and password files are libpq's.
    public var conninfo: String
    /// What the server calls this program, unless the conninfo or the environment says so.
    public var applicationName: String
    /// Whether statements are prepared once and kept by name. Off for a pooler that shares servers between
    /// transactions.
    public var preparesStatements: Bool
    /// For a connection to be made, all hosts together; at most five seconds of it for the answer to a BEGIN.
    public var connectTimeout: Duration
    /// For any one statement; then it is cancelled on the server and `.timeout` is thrown. `nil`: no limit of ours.
    public var statementTimeout: Duration?
    /// The server's `lock_timeout` in each transaction; `nil` leaves the role's setting.
    public var lockTimeout: Duration?
    /// After this much silence of ours in a transaction the server rolls it back and ends the session: a client that is cut
    /// off, or stands still, holds its locks no longer than that. `nil` leaves the role's setting.
    public var idleTimeout: Duration?

    public init(
        _ conninfo: String = "", applicationName: String = "ltc", preparesStatements: Bool = true,
        connectTimeout: Duration = .seconds(10), statementTimeout: Duration? = nil, lockTimeout: Duration? = nil,
        idleTimeout: Duration? = nil
    ) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.preparesStatements = preparesStatements
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.idleTimeout = idleTimeout
    }

    /// For `PQconnectStartParams`, later ones winning: our defaults, what the conninfo says, what must be so.
    var keywords: [(String, String)] {
        [
            ("fallback_application_name", applicationName),
            ("tcp_user_timeout", "5000"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"),
            ("dbname", conninfo),
            ("client_encoding", "UTF8"),
        ]
    }
}
