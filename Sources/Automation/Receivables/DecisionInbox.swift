import Delivery
import Domain
package import Foundation
package import Logging
package import Postgres
import Store

/// The folder into which finance puts marked dunning registers. Each is applied in one transaction, which notes its hash
/// and what became of it: the same bytes are never applied again, only moved to where they belong.
///
/// Who decides is the owner of the file.
package struct DecisionInbox: Sendable {
    private let files: InboxFolder
    private let asOf: Date?
    private let pool: Pool

    /// - Parameters:
    ///   - inbox: above it; the files are in its `dunning`.
    ///   - asOf: where business time stands still; nil is when it is looked.
    package init(inbox: URL, asOf: Date? = nil, pool: Pool, logger: Logger) {
        self.asOf = asOf
        files = InboxFolder(folder: inbox.appending(path: "dunning", directoryHint: .isDirectory), logger: logger)
        self.pool = pool
    }

    /// Takes every file that is whole, by name.
    ///
    /// - Throws: `DatabaseError`; the file stays, for the next look. What the system says when the folder cannot be read
    ///   or written.
    package func look(at now: Date) async throws {
        try await files.look(at: now) { path, name in
            let (bytes, owner) = try Self.read(path, name)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Problem(
                    .inputRefused, "wrong_encoding", "is not UTF-8", place: name,
                    advice: "save the file as CSV, in UTF-8")
            }
            let decisions = try DecisionFile(text, file: name)
            return try await pool.transaction { db in
                try Self.apply(decisions, SHA256.hex(bytes), name, by: owner, at: asOf ?? now, in: db)
            }
        }
    }

    /// - Throws: a `Problem` when it cannot be read, or is gone.
    private static func read(_ path: String, _ name: String) throws(Problem) -> (bytes: [UInt8], owner: String) {
        do {
            let owner = try FileManager.default.attributesOfItem(atPath: path)
            let login = owner[.ownerAccountName] as? String
            let id = (owner[.ownerAccountID] as? NSNumber)?.stringValue
            return (Array(try Data(contentsOf: URL(filePath: path))), login ?? "uid \(id ?? "unknown")")
        } catch {
            throw Problem(
                .inputRefused, "unreadable_file", "cannot be read: \(error.localizedDescription)", place: name,
                advice: "check its permissions")
        }
    }

    private static func apply(
        _ decisions: DecisionFile, _ hash: String, _ name: String, by actor: String, at now: Date,
        in db: isolated Connection
    ) throws -> InboxFolder.Taken {
        _ = try db.one(DecisionFilesSQL.TakeTurn())
        if let applied = try db.first(DecisionFilesSQL.Applied(sha256: hash)) {
            return .init(reasons: applied.rejected, facts: ["known": "\(applied.taken + applied.rejected.count)"])
        }
        let outcome = try decisions.apply(actor: actor, asOf: .instant(now), in: db)
        let reasons = outcome.lines.compactMap(\.problem)
        try db.execute(
            DecisionFilesSQL.Note(
                sha256: hash, file: name, actor: actor, taken: outcome.taken, rejected: reasons))
        return .init(
            reasons: reasons,
            facts: ["taken": "\(outcome.taken)", "rejected": "\(outcome.rejected)", "actor": "\(actor)"])
    }
}
