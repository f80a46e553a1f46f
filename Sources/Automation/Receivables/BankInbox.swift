import Domain
package import Foundation
import Glibc
package import Logging
package import Postgres

/// A folder into which the bank's files are put: each is imported, and moved to `done/`, or to `rejected/` with a
/// `.reason.txt` beside it.
///
/// A file is whole when nothing about it has changed for five seconds; names that begin with a point or end in `.part`,
/// `.tmp` or `.filepart` are still being written. Whatever dies in between, a file is never imported twice: what was
/// imported and not moved is recognised the next time, and moved; so it is with several daemons on one folder.
package struct BankInbox: Sendable {
    /// Since when a file must not have changed, seconds.
    static let quiet: TimeInterval = 5

    private let folder: URL
    private let pool: Pool
    private let logger: Logger

    /// - Parameter inbox: above it; the files are in its `bank`.
    package init(inbox: URL, pool: Pool, logger: Logger) {
        folder = inbox.appending(path: "bank", directoryHint: .isDirectory)
        self.pool = pool
        self.logger = logger
    }

    /// Takes every file that is whole, by name.
    ///
    /// - Throws: `DatabaseError`; the file stays, for the next look. What the system says when the folder cannot be read
    ///   or written.
    package func look(at now: Date) async throws {
        for name in try files(at: now) {
            try Task.checkCancellation()
            try await take(name, at: now)
        }
    }

    private func files(at now: Date) throws -> [String] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { name in
            guard !name.hasPrefix("."), ![".part", ".tmp", ".filepart"].contains(where: name.hasSuffix) else {
                return false
            }
            var status = stat()
            guard stat(folder.appending(path: name).path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                return false
            }
            // The time of its last change of any kind, renaming included.
            let changed = Double(status.st_ctim.tv_sec) + Double(status.st_ctim.tv_nsec) / 1e9
            return now.timeIntervalSince1970 - changed >= Self.quiet
        }
    }

    private func take(_ name: String, at now: Date) async throws {
        let path = folder.appending(path: name).path
        do {
            let report = try await FileImport(.receipts, path: path, asOf: now).run(on: pool)
            if report.rejects.isEmpty {
                try move(name, to: "done")
            } else {
                let lines = report.rejects.map { "\($0.line): \($0.reject.reason.rawValue): \($0.reject.text)" }
                try reject(name, because: lines.joined(separator: "\n"))
            }
            let counts = report.outputs.first
            logger.info(
                "bank file imported",
                metadata: [
                    "file": "\(name)", "taken": "\(counts?.taken ?? 0)", "known": "\(counts?.unchanged ?? 0)",
                    "rejected": "\(counts?.rejected ?? 0)", "waiting": "\(report.waiting.values.reduce(0, +))",
                ])
        } catch let problem as Problem {
            guard FileManager.default.fileExists(atPath: path) else { return }
            try reject(name, because: problem.description)
            logger.error("bank file rejected", metadata: ["file": "\(name)", "reason": "\(problem.code)"])
        }
    }

    private func reject(_ name: String, because words: String) throws {
        let rejected = try place(for: "rejected")
        let reason = rejected.appending(path: "\(name).reason.txt")
        try Data((words + "\n").utf8).write(to: reason, options: .atomic)
        try move(name, to: "rejected")
    }

    /// Another daemon may have been faster.
    private func move(_ name: String, to kind: String) throws {
        let source = folder.appending(path: name).path
        let target = try place(for: kind).appending(path: name).path
        guard rename(source, target) != 0, errno != ENOENT else { return }
        throw Problem(
            .refused, "unwritable_inbox", "cannot be moved: \(String(cString: strerror(errno)))", place: target)
    }

    private func place(for kind: String) throws -> URL {
        let place = folder.appending(path: kind, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        return place
    }
}
