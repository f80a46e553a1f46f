import Foundation
import Glibc

/// As whom a private server runs. PostgreSQL refuses to run as root; in a user namespace of its own it sees itself as an
/// ordinary user and still owns root's files. Where namespaces are forbidden it is the account `postgres` or `nobody`.
struct ServerAccount: Sendable {
    /// What runs the server's programs, before their own names.
    let command: [String]
    /// Whose the files must be; nil for our own.
    private let owner: (user: uid_t, group: gid_t)?

    /// - Returns: a directory that is there and that the account can use.
    static func choose(_ directory: URL?) async throws -> (URL, ServerAccount) {
        let temporary = directory ?? FileManager.default.temporaryDirectory.appending(path: name)
        guard geteuid() == 0 else { return (try make(temporary), ServerAccount(command: [], owner: nil)) }
        guard let entry = getpwnam("postgres") ?? getpwnam("nobody") else {
            throw ProcessFailure(program: "postgres", problem: "there is no account but root's to run it")
        }
        let (user, group) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
        let namespace = ["unshare", "--user", "--map-user=\(user)"]
        let made = try make(temporary)
        if try await ChildProcess(namespace[0], namespace.dropFirst() + ["test", "-w", made.path]).exit() == 0 {
            return (made, ServerAccount(command: namespace, owner: nil))
        }
        if let directory {
            throw ProcessFailure(program: "postgres", problem: "no account but root's can use \(directory.path)")
        }
        // The account cannot reach a directory inside root's own.
        try FileManager.default.removeItem(at: made)
        let other = ServerAccount(
            command: ["setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups"], owner: (user, group))
        let reachable = try make(URL(filePath: "/var/tmp").appending(path: name))
        try other.own(reachable)
        return (reachable, other)
    }

    /// A Unix socket's path has at most 107 bytes, and PostgreSQL and libpq read commas, quotes and blanks in it as their own.
    func socketDirectory(in directory: URL) throws -> String {
        let isPlain = directory.path.utf8.count <= 80 && directory.path.allSatisfy { Self.plain.contains($0) }
        if isPlain { return directory.path }
        let elsewhere = try Self.make(URL(filePath: "/tmp").appending(path: Self.name))
        try own(elsewhere)
        return elsewhere.path
    }

    func own(_ file: URL) throws {
        guard let owner else { return }
        guard chown(file.path, owner.user, owner.group) == 0 else {
            throw ProcessFailure(program: "chown \(file.path)", problem: String(cString: strerror(errno)))
        }
    }

    private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-")
    private static var name: String { "ltc-server-\(UUID().uuidString.prefix(8))" }

    private static func make(_ directory: URL) throws -> URL {
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return directory
    }
}

/// The PostgreSQL programs that deploy/dev would take: LTC_PG_BIN, or the newest that is installed.
enum ServerPrograms {
    static func directory() throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        let installed = [18, 17, 16, 15].map { "/usr/lib/postgresql/\($0)/bin" }
        let inPath = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let candidates = environment["LTC_PG_BIN"].map { [$0] } ?? (installed + inPath)
        let found = candidates.first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
        guard let found else {
            throw ProcessFailure(
                program: "initdb",
                problem: "not found in \(candidates.joined(separator: ", ")); LTC_PG_BIN names another place")
        }
        return URL(filePath: found).resolvingSymlinksInPath()
    }
}
