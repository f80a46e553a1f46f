import Foundation
import Glibc
package import Postgres

/// A real PgBouncer in transaction mode in front of the tests' server, on a Unix socket that only its owner reaches.
///
/// It has few servers for many clients and hands them out in turn, so that what one transaction leaves on its connection
/// meets a stranger in the next. It ends when this process ends, however it does.
package final class PgBouncer: Sendable {
    /// The directory of its Unix socket, and a host name to libpq.
    package let socket: String
    private static let port = 6432
    private let directory: URL
    private let process: ChildProcess

    private init(directory: URL, socket: String, process: ChildProcess) {
        (self.directory, self.socket, self.process) = (directory, socket, process)
    }

    /// Starts one for as long as `body` lasts.
    ///
    /// - Parameter servers: how many connections it has to each database.
    package static func with<Result: Sendable>(
        servers: Int = 6, _ body: (PgBouncer) async throws -> Result
    ) async throws -> Result {
        let bouncer = try await start(servers: servers)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(bouncer)) } catch { result = .failure(error) }
        try await bouncer.stop()
        return try result.get()
    }

    /// How to reach a database through it.
    package func settings(_ database: String) -> ConnectionSettings {
        ConnectionSettings("host=\(socket) port=\(Self.port) dbname=\(database)", preparesStatements: false)
    }

    private static func start(servers: Int) async throws -> PgBouncer {
        let (directory, account) = try await ServerAccount.choose(nil)
        let socket = try account.socketDirectory(in: directory)
        let environment = ProcessInfo.processInfo.environment
        let user = environment["PGUSER"] ?? NSUserName()
        let files = [
            "users": "\"\(user)\" \"\"\n",
            "pgbouncer.ini": """
            [databases]
            * = host=\(environment["PGHOST"] ?? "/tmp") port=\(environment["PGPORT"] ?? "5432")
            [pgbouncer]
            pool_mode = transaction
            default_pool_size = \(servers)
            server_round_robin = 1
            server_login_retry = 0.1
            max_client_conn = 400
            auth_type = trust
            auth_file = users
            unix_socket_dir = \(socket)
            unix_socket_mode = 0700
            listen_port = \(port)

            """,
        ]
        for (name, text) in files {
            let file = directory.appending(path: name)
            try Data(text.utf8).write(to: file)
            try account.own(file)
        }
        // The shell becomes PgBouncer. Beside it one waits for our end, of which the closed stream tells.
        let script = """
            cd -- "$1" && shift && exec 3<&0 </dev/null && PATH=$PATH:/usr/sbin:/usr/local/sbin
            { read -r _ <&3; [ /proc/$$/cwd -ef . ] && kill -QUIT $$; } >/dev/null 2>&1 &
            exec "$@" >>log 2>&1 3<&-
            """
        let command = account.command + ["pgbouncer", "pgbouncer.ini"]
        let process = try ChildProcess("setsid", ["sh", "-c", script, "sh", directory.path] + command)
        let bouncer = PgBouncer(directory: directory, socket: socket, process: process)
        do {
            try await bouncer.untilItAnswers()
        } catch {
            try await bouncer.stop()
            throw error
        }
        return bouncer
    }

    private func untilItAnswers() async throws {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            do {
                let connection = try await Connection.open(settings("postgres"), logger: TestDatabase.logger)
                return await connection.close()
            } catch let error as DatabaseError where error.kind == .unreachable {
                guard !process.hasEnded, .now < end else {
                    let log = FileManager.default.contents(atPath: directory.appending(path: "log").path) ?? Data()
                    throw ProcessFailure(
                        program: "pgbouncer", problem: "\(error)\n\(String(decoding: log, as: UTF8.self))")
                }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    private func stop() async throws {
        process.send(signal: SIGQUIT)
        await process.exit()
        try FileManager.default.removeItem(at: directory)
        if FileManager.default.fileExists(atPath: socket) { try FileManager.default.removeItem(atPath: socket) }
    }
}
