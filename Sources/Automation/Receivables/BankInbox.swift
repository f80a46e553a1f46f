package import Domain
package import Foundation
package import Logging
package import Postgres

/// The folder into which the bank's files are put. An import knows what it brought before, so a file that was imported and
/// not moved, or that two daemons find, is imported once.
package struct BankInbox: Sendable {
    private let files: InboxFolder
    private let map: ImportMap
    private let encoding: FileEncoding
    private let asOf: Date?
    private let pool: Pool

    /// - Parameters:
    ///   - inbox: above it; the files are in its `bank`.
    ///   - map: of files that are CSV, and `encoding`.
    ///   - asOf: where business time stands still; nil is when it is looked.
    package init(
        inbox: URL, map: ImportMap = ImportMap(), encoding: FileEncoding = .utf8, asOf: Date? = nil, pool: Pool,
        logger: Logger
    ) {
        self.map = map
        self.encoding = encoding
        self.asOf = asOf
        files = InboxFolder(folder: inbox.appending(path: "bank", directoryHint: .isDirectory), logger: logger)
        self.pool = pool
    }

    /// Takes every file that is whole, by name.
    ///
    /// - Throws: `DatabaseError`; the file stays, for the next look. What the system says when the folder cannot be read
    ///   or written.
    package func look(at now: Date) async throws {
        try await files.look(at: now) { path, _ in
            let file = FileImport(.receipts, path: path, map: map, encoding: encoding, asOf: asOf ?? now)
            let report = try await file.run(on: pool)
            let counts = report.outputs.first
            return .init(
                reasons: report.rejects.map { "\($0.line): \($0.reject.reason.rawValue): \($0.reject.text)" },
                facts: [
                    "taken": "\(counts?.taken ?? 0)", "known": "\(counts?.unchanged ?? 0)",
                    "rejected": "\(counts?.rejected ?? 0)", "waiting": "\(report.waiting.values.reduce(0, +))",
                ])
        }
    }
}
