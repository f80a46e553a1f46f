/// What went wrong with the database, where, and what the server advises. Never a parameter's value.
public struct DatabaseError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// No connection could be made.
        case unreachable
        /// The server refused, with this SQLSTATE.
        case server(String)
        /// Our own deadline passed; the server was told to stop.
        case timeout
        /// The task was cancelled; the server was told to stop.
        case cancelled
        /// The connection broke; an open transaction is rolled back.
        case connectionLost
        /// The answer to COMMIT was lost: what was done may stand or not. Look by a key, never hope.
        case unknownOutcome
        /// The server's answer is not what the statement declares.
        case decoding
        /// The caller's mistake: a value that does not fit its type, a statement used for what it is not.
        case usage
    }

    public var kind: Kind
    public var message: String
    /// The server's SQLSTATE, also where `kind` says more than `server`.
    public var sqlState: String?
    /// The server's DETAIL. It may hold values of rows: show it to nobody and log it nowhere.
    public var detail: String?
    public var hint: String?
    /// Where in the statement's text, in characters from 1.
    public var position: Int?
    /// The statement's name.
    public var statement: String?
    public var constraint: String?
    public var table: String?
    public var column: String?
    /// The function of the server's source that raised the error: what tells two errors of one SQLSTATE apart.
    var sourceFunction: String?

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String {
        var text = statement.map { "\($0): " } ?? ""
        text += message
        let facts = [
            sqlState.map { "SQLSTATE \($0)" }, constraint.map { "constraint \($0)" }, table.map { "table \($0)" },
            column.map { "column \($0)" }, position.map { "at character \($0)" },
        ].compactMap { $0 }
        if !facts.isEmpty { text += " (\(facts.joined(separator: ", ")))" }
        if let hint { text += ". Hint: \(hint)" }
        return text
    }

    /// Whether the same transaction may succeed when it is run again as a whole.
    var isTransient: Bool { sqlState == "40001" || sqlState == "40P01" || isStalePlan }

    /// Whether a prepared statement is no longer what this connection remembers: dropped behind its back, or its
    /// result's type has changed by a migration.
    var isStalePlan: Bool {
        sqlState == "26000" || (sqlState == "0A000" && sourceFunction == "RevalidateCachedQuery")
    }
}

/// Runs `body`; its error learns the statement's name.
func naming<R: ~Copyable>(_ statement: String, _ body: () throws -> R) throws -> R {
    do {
        return try body()
    } catch var error as DatabaseError {
        error.statement = error.statement ?? statement
        throw error
    }
}
