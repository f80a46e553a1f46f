import Domain
import Foundation
import Glibc
import Logging

/// A folder into which people and banks put files: each is taken once, and moved to `done/`, or to `rejected/` with a
/// `.reason.txt` beside it. An earlier one of its name stays: the later is `NAME-2.EXT` there.
///
/// A file is whole when nothing about it has changed for five seconds; names that begin with a point or end in `.part`,
/// `.tmp` or `.filepart` are still being written. A file is taken in a transaction and moved after it: who takes it has
/// to recognise what was taken and not moved, and another daemon that takes it now.
struct InboxFolder: Sendable {
    /// What became of a file.
    struct Taken: Sendable {
        /// Why something of it was not taken, line by line; empty when all of it was.
        var reasons: [String]
        /// For the log.
        var facts: Logger.Metadata
    }

    /// Since when a file must not have changed, seconds.
    static let quiet: TimeInterval = 5

    let folder: URL
    let logger: Logger

    /// Takes every file that is whole, by name; one that `take` refuses with a `Problem` is rejected with it.
    ///
    /// - Throws: what else `take` throws; the file stays, for the next look. What the system says when the folder cannot
    ///   be read or written.
    func look(at now: Date, take: (_ path: String, _ name: String) async throws -> Taken) async throws {
        let kind = folder.lastPathComponent
        for name in try files(at: now) {
            try Task.checkCancellation()
            let path = folder.appending(path: name).path
            do {
                let taken = try await take(path, name)
                if taken.reasons.isEmpty {
                    _ = try move(name, to: free(name, in: place(for: "done")))
                } else {
                    try reject(name, because: taken.reasons.joined(separator: "\n"))
                }
                logger.info("\(kind) file imported", metadata: taken.facts.merging(["file": "\(name)"]) { $1 })
            } catch let problem as Problem {
                // Another daemon may have been faster.
                guard FileManager.default.fileExists(atPath: path) else { continue }
                try reject(name, because: problem.description)
                logger.error("\(kind) file rejected", metadata: ["file": "\(name)", "reason": "\(problem.code)"])
            }
        }
    }

    private func files(at now: Date) throws -> [String] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { name in
            guard !name.hasPrefix("."), ![".part", ".tmp", ".filepart"].contains(where: name.hasSuffix) else {
                return false
            }
            var status = stat()
            // A link would be read with the daemon's rights, wherever it points.
            guard lstat(folder.appending(path: name).path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                return false
            }
            // The time of its last change of any kind, renaming included.
            let changed = Double(status.st_ctim.tv_sec) + Double(status.st_ctim.tv_nsec) / 1e9
            return now.timeIntervalSince1970 - changed >= Self.quiet
        }
    }

    private func reject(_ name: String, because words: String) throws {
        let target = try free(name, in: place(for: "rejected"))
        let reason = URL(filePath: target.path + ".reason.txt")
        try Data((words + "\n").utf8).write(to: reason, options: .atomic)
        if try !move(name, to: target) { try FileManager.default.removeItem(at: reason) }
    }

    /// - Returns: false when another daemon was faster.
    private func move(_ name: String, to target: URL) throws -> Bool {
        if rename(folder.appending(path: name).path, target.path) == 0 { return true }
        if errno == ENOENT { return false }
        throw Problem(
            .refused, "unwritable_inbox", "cannot be moved: \(String(cString: strerror(errno)))", place: target.path)
    }

    /// Where a file of this name can lie without replacing another.
    private func free(_ name: String, in place: URL) -> URL {
        let first = place.appending(path: name)
        let (stem, ending) = (first.deletingPathExtension().lastPathComponent, first.pathExtension)
        let others = (2...).lazy.map { place.appending(path: "\(stem)-\($0)" + (ending.isEmpty ? "" : ".\(ending)")) }
        guard FileManager.default.fileExists(atPath: first.path) else { return first }
        return others.first { !FileManager.default.fileExists(atPath: $0.path) } ?? first
    }

    private func place(for kind: String) throws -> URL {
        let place = folder.appending(path: kind, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        return place
    }
}
