package import Foundation
import Glibc
import Postgres
import Synchronization

/// A PostgreSQL cluster of its own that may be stopped, killed and started again; with durable settings, on a Unix socket
/// that only its owner reaches and, with a password, on a loopback port.
///
/// The server ends when this process ends, however it does. The directory stays until `remove()`.
package final class PrivateServer: Sendable {
    package enum Stop: Sendable {
        /// Sessions are ended, everything committed is on disk.
        case fast
        /// As after a power cut: the next start recovers from the log.
        case immediate
    }

    /// Everything that the server has: `data`, `log`, and the socket where its path is short enough.
    package let directory: URL
    /// The directory of its Unix socket, and a host name to libpq.
    package let socket: String
    package let port: Int
    /// The superuser `ltc_dev` needs it over TCP only.
    package let password: String
    /// Where initdb, postgres and their like are.
    package let programs: URL
    /// Settings of the server, by name; they win over its files.
    private let settings: [String: String]
    private let account: ServerAccount
    private let prefix: [String]
    private let process = Mutex<ChildProcess?>(nil)

    private init(
        directory: URL, settings: [String: String], account: ServerAccount, prefix: [String], password: String
    ) throws {
        (self.directory, self.settings, self.account) = (directory, settings, account)
        (self.prefix, self.password) = (prefix, password)
        programs = try ServerPrograms.directory()
        socket = try account.socketDirectory(in: directory)
        port = try Self.freePort()
    }

    /// Makes a cluster and starts it.
    ///
    /// - Parameters:
    ///   - directory: where to put it; it is made if it is not there. nil for a new one among the temporary files.
    ///   - settings: the server's, by name, such as `["wal_level": "logical"]`.
    ///   - prefix: a program that runs all others, such as `nsenter` with its options.
    package static func make(
        in directory: URL? = nil, settings: [String: String] = [:], prefix: [String] = []
    ) async throws -> PrivateServer {
        let (directory, account) = try await ServerAccount.choose(directory)
        let password = UUID().uuidString
        let server = try PrivateServer(
            directory: directory, settings: settings, account: account, prefix: prefix, password: password)
        let file = directory.appending(path: "password")
        try Data(password.utf8).write(to: file)
        try account.own(file)
        try await server.run(
            "initdb", "-D", "data", "-U", "ltc_dev", "--auth-local=trust", "--auth-host=scram-sha-256",
            "--pwfile=password", "-E", "UTF8", "--locale=C.UTF-8")
        try await server.start()
        return server
    }

    /// A streaming standby of this server, started; `promote()` makes it a primary.
    package func standby(in directory: URL? = nil, settings: [String: String] = [:]) async throws -> PrivateServer {
        let (directory, account) = try await ServerAccount.choose(directory)
        let source = "host=\(socket) port=\(port) user=ltc_dev"
        let server = try PrivateServer(
            directory: directory, settings: self.settings.merging(settings) { _, new in new }, account: account,
            prefix: prefix, password: password)
        // -R writes standby.signal and where to stream from.
        try await server.run("pg_basebackup", "-D", "data", "-d", source, "-R", "-X", "stream", "-c", "fast")
        try await server.start()
        return server
    }

    /// How to reach it as its superuser.
    ///
    /// - Parameter port: of a proxy in between on 127.0.0.1; nil for the Unix socket.
    package func conninfo(_ database: String = "postgres", throughPort port: Int? = nil) -> String {
        if let port { return "host=127.0.0.1 port=\(port) user=ltc_dev password=\(password) dbname=\(database)" }
        return "host=\(socket) port=\(self.port) user=ltc_dev dbname=\(database)"
    }

    /// Starts it and waits until it lets sessions in.
    package func start() async throws {
        let all = [
            "listen_addresses": "127.0.0.1", "port": "\(port)", "unix_socket_directories": socket,
            "unix_socket_permissions": "0700", "timezone": "UTC", "log_line_prefix": "%m [%p] %a %d ",
            "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
        ].merging(settings) { _, new in new }
        let options = all.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let command = [programs.appending(path: "postgres").path, "-D", "data"] + options
        // The shell becomes the server. Beside it one waits for our end, of which the closed stream tells, and ends the
        // server then; it looks twice at the process, whose number may be another's by then. A session of its own, so
        // that Ctrl-C reaches us and not it.
        let script = """
            cd -- "$1" && shift && exec 3<&0 </dev/null
            { read -r _ <&3; [ /proc/$$/cwd -ef data ] && kill -QUIT $$; } >/dev/null 2>&1 &
            exec "$@" >>log 2>&1 3<&-
            """
        let process = try ChildProcess(
            "setsid", prefix + ["sh", "-c", script, "sh", directory.path] + account.command + command,
            environment: ["LC_ALL": "C.UTF-8"])
        self.process.withLock { $0 = process }
        do {
            try await untilItAnswers(process)
        } catch {
            await stop(.immediate)
            throw error
        }
    }

    private func untilItAnswers(_ process: ChildProcess) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while true {
            do {
                let connection = try await Connection.open(ConnectionSettings(conninfo()), logger: TestDatabase.logger)
                return await connection.close()
            } catch let error as DatabaseError where error.kind == .unreachable {
                // It let us in, and this process refuses it: its standby was promoted while it was away.
                if error.message.contains("is an old primary") { return }
                guard !process.hasEnded, .now < end else { throw failure("postgres", "\(error)") }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Ends it and waits for its end.
    package func stop(_ how: Stop) async {
        guard let process = process.withLock({ $0.take() }) else { return }
        process.send(signal: how == .fast ? SIGINT : SIGQUIT)
        await process.exit()
    }

    package func restart(_ how: Stop) async throws {
        await stop(how)
        try await start()
    }

    /// Whether the server process is there; it may have ended by itself.
    package var isRunning: Bool { process.withLock { $0.map { !$0.hasEnded } ?? false } }

    /// Makes a standby a primary, and waits until it is one.
    package func promote() async throws { try await run("pg_ctl", "-D", "data", "-w", "promote") }

    /// Stops it and removes everything that it has written.
    package func remove() async throws {
        await stop(.immediate)
        try FileManager.default.removeItem(at: directory)
        if FileManager.default.fileExists(atPath: socket) { try FileManager.default.removeItem(atPath: socket) }
    }

    /// Runs one of PostgreSQL's programs in the directory, as whom the server runs.
    package func run(_ program: String, _ arguments: String...) async throws {
        let script = #"cd -- "$1" && shift && exec "$@" >>log 2>&1 </dev/null"#
        let path = programs.appending(path: program).path
        let command = prefix + ["sh", "-c", script, "sh", directory.path] + account.command + [path] + arguments
        let process = try ChildProcess(command[0], Array(command.dropFirst()), environment: ["LC_ALL": "C.UTF-8"])
        let code = await process.exit()
        guard code == 0 else { throw failure(program, "it ended with \(code)") }
    }

    private func failure(_ program: String, _ problem: String) -> ProcessFailure {
        let log = directory.appending(path: "log")
        let lines = FileManager.default.contents(atPath: log.path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let last = lines.split(separator: "\n").suffix(5).joined(separator: "\n")
        return ProcessFailure(program: program, problem: "\(problem)\n\(log.path):\n\(last)")
    }

    /// A port that nobody used a moment ago.
    private static func freePort() throws -> Int {
        let probe = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(probe, address, length) == 0 && getsockname(probe, address, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
