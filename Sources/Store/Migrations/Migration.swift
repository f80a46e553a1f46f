package import Domain

/// One step of the schema, as it stands in `sql/migrations/NNNN_name.sql`.
package struct Migration: Sendable, Hashable {
    package let version: Int
    package let name: String
    package let text: String
    /// The oldest program version that still works on a database with this migration (expand, then contract).
    package let compatibleFrom: Int
    /// False for what cannot run in a transaction (`CREATE INDEX CONCURRENTLY`); such a text must be re-runnable.
    package let isTransactional: Bool

    /// - Parameter name: the file's name without its ending, `0001_lead_to_cash`
    init(name: String, text: String) throws(Problem) {
        guard let version = Int(name.prefix(4)), name.dropFirst(4).first == "_" else {
            throw Problem(.defect, "migration_name", "'\(name)' is not NNNN_name", place: "sql/migrations")
        }
        self.version = version
        self.name = name
        self.text = text
        var headers: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard line.hasPrefix("-- "), let colon = line.firstIndex(of: ":") else { break }
            headers[line[line.index(line.startIndex, offsetBy: 3)..<colon]] =
                line[line.index(after: colon)...].drop(while: { $0 == " " })
        }
        self.compatibleFrom = headers["compatible_from"].flatMap { Int($0) } ?? version
        self.isTransactional = headers["transaction"] != "none"
    }

    /// The program's own, oldest first.
    package static func embedded() throws(Problem) -> [Migration] {
        var migrations: [Migration] = []
        for file in StoreSQLText.migrations {
            migrations.append(try Migration(name: file.name, text: file.text))
        }
        return migrations
    }
}

/// How a database's schema stands to this program.
package enum SchemaState: Sendable, Hashable {
    /// Never migrated.
    case empty
    case current(version: Int)
    /// These are still to be applied.
    case behind(version: Int, pending: [String])
    /// Migrated by a newer program, which says that this one still works.
    case ahead(version: Int)
    /// Migrated by a newer program, for which this one is too old.
    case tooNew(version: Int, compatibleFrom: Int)
    /// An applied migration is not what this program holds under its number.
    case changed(name: String)

    /// Nil when the program may work on the database; otherwise what is wrong, with the command that mends it.
    package var problem: Problem? {
        switch self {
        case .current, .ahead: nil
        case .empty:
            Problem(.refused, "schema_empty", "the database holds no ltc schema", advice: "ltc migrate --bootstrap")
        case .behind(let version, let pending):
            Problem(
                .refused, "schema_behind",
                "the database is at schema version \(version); this program needs \(pending.joined(separator: ", "))",
                advice: "ltc migrate")
        case .tooNew(let version, let compatibleFrom):
            Problem(
                .refused, "schema_too_new",
                "the database is at schema version \(version), which needs a program of \(compatibleFrom) or later",
                advice: "install the newer ltc on this machine")
        case .changed(let name):
            Problem(
                .refused, "migration_changed",
                "the migration \(name) was applied with another text than this program holds",
                advice: "an applied migration is never edited: restore its text, or install the ltc that applied it")
        }
    }
}
