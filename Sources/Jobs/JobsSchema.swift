/// The tables and functions of the engine, all of them in the schema `ltc_jobs`.
public enum JobsSchema {
    /// A change of the schema.
    public struct Step: Sendable, Hashable {
        /// Rises; a later version of this module adds steps and leaves those that are there as they are.
        public let number: Int
        public let name: String
        public let sql: String
    }

    /// In their order, each to be run once and in a transaction: `connection.script(step.sql)`.
    public static let steps: [Step] = JobsSQLText.migrations.map { name, text in
        guard let number = Int(name.prefix(4)) else { preconditionFailure("'\(name)' has no number") }
        return Step(number: number, name: String(name.dropFirst(5)), sql: text)
    }

    /// Who is granted what: roles that have to be there before the first step. `ltc_daemon` works the queues, `ltc_admin` puts
    /// jobs in and controls them, `ltc_auditor` reads. A program that logs in as the schema's owner needs none of them.
    public static let roles = ["ltc_daemon", "ltc_admin", "ltc_auditor"]
}
