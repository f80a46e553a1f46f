import Foundation
import TestSupport

/// The worker processes of a stage.
actor Crew {
    /// What a worker is.
    struct Role: Sendable {
        /// The first part of its name; a number follows, another for each that takes its place.
        var name = "worker"
        var kinds = ["rows", "outside"]
        /// Of the arguments that it reads.
        var version = 1
        /// Of an outside job, in seconds.
        var lease = 20
        /// nil for the server's Unix socket.
        var conninfo: String?
        /// Added to our own.
        var environment: [String: String] = [:]
    }

    private let conninfo: String
    private let folder: URL
    private var members: [String: (process: ChildProcess, role: Role)] = [:]
    private var hired = 0

    init(conninfo: String, folder: URL) { (self.conninfo, self.folder) = (conninfo, folder) }

    /// In an order that does not change between runs.
    var names: [String] { members.keys.sorted() }

    @discardableResult
    func hire(_ role: Role = Role()) throws -> String {
        hired += 1
        let name = "\(role.name)-\(hired)"
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = try ChildProcess(
            program,
            [
                "worker", "--name", name, "--outside", folder.appending(path: "outside").path,
                "--kinds", role.kinds.joined(separator: ","), "--version", "\(role.version)", "--lease",
                "\(role.lease)",
            ],
            environment: role.environment.merging([Worker.conninfo: role.conninfo ?? conninfo]) { _, new in new },
            log: folder.appending(path: "\(name).log"))
        members[name] = (process, role)
        return name
    }

    func send(signal: Int32, to name: String) { members[name]?.process.send(signal: signal) }

    /// Kills one, as `kill -9` does.
    ///
    /// - Returns: what it was.
    func kill(_ name: String) async -> Role? {
        guard let (process, role) = members.removeValue(forKey: name) else { return nil }
        process.send(signal: SIGKILL)
        await process.exit()
        return role
    }

    /// Asks one to end, and waits for it.
    ///
    /// - Returns: its exit code; it is killed after half a minute.
    @discardableResult
    func dismiss(_ name: String) async -> Int32 {
        guard let process = members.removeValue(forKey: name)?.process else { return 0 }
        process.send(signal: SIGTERM)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await Task.sleep(for: .seconds(30))
                    process.send(signal: SIGKILL)
                } catch {
                    // It has ended.
                }
            }
            let code = await process.exit()
            group.cancelAll()
            return code
        }
    }

    /// - Returns: those that did not end well.
    func dismissAll() async -> [String] {
        var bad: [String] = []
        for name in names {
            let code = await dismiss(name)
            if code != 0 { bad.append("\(name) ended with \(code)") }
        }
        return bad
    }

    /// When nothing has to end well any more.
    func killAll() async {
        for name in names { _ = await kill(name) }
    }
}
