import Domain
import Logging
import Postgres

extension Settings {
    /// Looks what stands before the database.
    ///
    /// - Throws: a `Problem` when a pooler in transaction mode loses prepared statements that it is sent, or stands where
    ///   notifications are to be heard; `DatabaseError`.
    func checkPooler(logger: Logger) async throws -> Pooling {
        let pooling = try await database.pooling(logger: logger)
        if pooling == .losesStatements {
            throw Problem(
                .refused, "prepared_statements_lost",
                "a pooler in transaction mode stands before the database and loses prepared statements",
                advice: """
                    database.prepared_statements: false in the settings (LTC_DATABASE_PREPARED_STATEMENTS=false), and \
                    database.listen_conninfo past the pooler, or none
                    """)
        }
        if let listening, [.shared, .losesStatements].contains(try await listening.pooling(logger: logger)) {
            throw Problem(
                .refused, "nothing_is_heard",
                "LISTEN would go to a pooler in transaction mode, where it hears nothing",
                advice: "database.listen_conninfo past the pooler, or none")
        }
        return pooling
    }
}
