import Foundation
import Glibc
import TestSupport
import Testing

/// The built `ltcd`, run as an operator runs it.
actor DaemonProcess {
    nonisolated let process: ChildProcess
    private var log = ""
    /// How much of the log has been looked at.
    private var seen = 0

    /// - Parameter environment: over the defaults of a test: any free port, no mail.
    init(_ database: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
        let defaults = [
            "PGDATABASE": database, "LTC_HTTP_PORT": "0", "LTC_DATABASE_POOL": "6",
            "LTC_MAIL_FROM": "ltc@company.example",
        ]
        process = try ChildProcess(product("ltcd"), arguments, environment: defaults.merging(environment) { $1 })
    }

    static func settings(for sink: MailSink) -> [String: String] {
        ["LTC_OUTBOUND": "on", "LTC_SMTP_HOST": "127.0.0.1", "LTC_SMTP_PORT": "\(sink.port)", "LTC_SMTP_TLS": "none"]
    }

    /// Reads its log up to the next line that contains `words`.
    ///
    /// - Returns: that line.
    /// - Throws: when the log ends before.
    @discardableResult func line(with words: String) async throws -> String {
        while true {
            let lines = log.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            for (index, line) in lines.enumerated().dropFirst(seen) {
                seen = index + 1
                if line.contains(words) { return String(line) }
            }
            let more = await process.nextOutput()
            if more.isEmpty { throw ProcessFailure(program: "ltcd", problem: "no line with '\(words)' in\n\(log)") }
            log += more
        }
    }

    /// Where it answers over HTTP.
    func address() async throws -> String {
        try #require(try await line(with: "http listens").split(separator: "address=").last.map(String.init))
    }

    /// Ends it as a service manager does, and reads what it says to the end.
    func stop() async -> (code: Int32, log: String) {
        process.send(signal: SIGTERM)
        return await end()
    }

    func end() async -> (code: Int32, log: String) {
        var more = ""
        repeat {
            log += more
            more = await process.nextOutput()
        } while !more.isEmpty
        return (await process.exit(), log)
    }

    /// As a power failure ends it.
    func kill() async {
        process.send(signal: SIGKILL)
        await process.exit()
    }
}

/// The path of a program of this package, built beside the tests.
func product(_ name: String) throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: tests).deletingLastPathComponent().appending(path: name).path
}

/// A small HTTP client.
///
/// - Parameter address: `127.0.0.1:port`.
func get(_ address: String, _ path: String) async throws -> (status: Int, body: String) {
    let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
    let answer = await offPool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return "" }
        let request = Array("GET /\(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { bytes += buffer.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }
    let head = try #require(answer.range(of: "\r\n\r\n"), "no answer from \(address)")
    return (Int(answer.dropFirst(9).prefix(3)) ?? 0, String(answer[head.upperBound...]))
}
