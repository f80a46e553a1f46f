import Foundation
import Glibc
import TestSupport

extension Fault {
    static let diskFull = Fault(
        name: "disk-full", what: "the server's disk is filled to the last byte and freed again",
        serverSettings: ["max_wal_size": "64MB", "min_wal_size": "32MB"], needsSmallDisk: true,
        obstacle: SmallDisk.obstacle
    ) { stage, disk in
        guard let disk else { throw CancellationError() }
        try await stage.hire()
        var outages: [Outage] = []
        let end = ContinuousClock.now + stage.length.lasting(short: 8, long: 180)
        while ContinuousClock.now < end {
            try await Task.sleep(for: .seconds(5.5))
            let start = Date()
            try disk.fill()
            try await Task.sleep(for: .seconds(4))
            disk.free()
            // When there was no room for its log it gave up, and could not recover either.
            if !stage.server.isRunning {
                await stage.server.stop(.immediate)
                try await stage.server.start()
            }
            outages.append(Outage(start: start, end: Date()))
            try await Task.sleep(for: .seconds(6))
        }
        let all = outages
        let log = try String(contentsOf: stage.server.directory.appending(path: "log"), encoding: .utf8)
        let problems =
            log.contains("No space left on device") ? [] : ["the server never missed a byte: nothing was tried"]
        return Injection(count: all.count, problems: problems) { evidence, outcome in
            Outage.review(all, evidence, &outcome)
            evidence.expectNoBurial(&outcome)
        }
    }
}

/// A disk of a few hundred MB in memory, mounted where only its own processes see it: when they end, it is gone.
final class SmallDisk: Sendable {
    /// Runs a program where the disk is seen.
    let prefix: [String]
    private let holder: ChildProcess
    private let filler: String

    /// - Parameter directory: where it is mounted.
    init(under directory: URL) async throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        holder = try Self.holder(directory.path)
        guard await holder.nextOutput().hasPrefix("mounted") else {
            throw ProcessFailure(program: "mount", problem: "no small disk on \(directory.path)")
        }
        prefix = ["nsenter", "--mount=/proc/\(holder.pid)/ns/mnt"]
        filler = "/proc/\(holder.pid)/root\(directory.path)/filler"
    }

    private static func holder(_ directory: String) throws -> ChildProcess {
        let script = #"mount -t tmpfs -o size=256m,mode=0700 tmpfs "$1" && echo mounted && read -r _"#
        return try ChildProcess("unshare", ["--mount", "sh", "-c", script, "sh", directory])
    }

    /// Why there can be none here.
    static func obstacle() async -> String? {
        guard geteuid() == 0 else { return "a small disk can be mounted by root only" }
        do {
            let directory = FileManager.default.temporaryDirectory
            return try await holder(directory.path).nextOutput().hasPrefix("mounted")
                ? nil : "nothing can be mounted here"
        } catch {
            return "\(error)"
        }
    }

    /// Writes until not a byte fits any more.
    func fill() throws {
        let file = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(file) }
        let block = [UInt8](repeating: 0, count: 1 << 20)
        var size = block.count
        while size > 0 {
            if write(file, block, size) <= 0 { size /= 2 }
        }
    }

    func free() { unlink(filler) }
}
