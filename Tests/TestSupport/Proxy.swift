import Foundation
import Glibc
import Synchronization

/// Stands between a client and a server; can fall silent without hanging up.
package final class Proxy: Sendable {
    package enum Target: Sendable {
        /// The server of the libpq environment, on its Unix socket.
        case environment
        /// A server on 127.0.0.1.
        case port(Int)
    }

    package let port: UInt16
    private let listener: CInt
    private let target: Target
    private let state = Mutex(State())

    private struct State {
        /// Pairs of a client's socket and the server's.
        var lines: [(client: CInt, server: CInt)] = []
        var stalled: Set<CInt> = []
        var answersNewcomers = true
    }

    package init(to target: Target = .environment) throws {
        self.target = target
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in while self?.turn() == true {} }
    }

    deinit {
        close(listener)
        state.withLock { for line in $0.lines { _ = (close(line.client), close(line.server)) } }
    }

    /// From now on nothing of what is connected, or connects, is passed on.
    package func stall() {
        state.withLock { state in
            state.stalled.formUnion(state.lines.map(\.client))
            state.answersNewcomers = false
        }
    }

    /// Newcomers are passed on again; who was stalled stays so.
    package func welcome() { state.withLock { $0.answersNewcomers = true } }

    /// Passes on what can be passed on, for at most a tenth of a second.
    private func turn() -> Bool {
        let lines = state.withLock { state in state.lines.filter { !state.stalled.contains($0.client) } }
        let sockets = [listener] + lines.flatMap { [$0.client, $0.server] }
        var polled = sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        poll(&polled, nfds_t(polled.count), 20)
        if polled[0].revents != 0 { accept() }
        for (index, line) in lines.enumerated() {
            // Looked at again: a stall holds from the moment it is asked for.
            let isStalled = state.withLock { $0.stalled.contains(line.client) }
            if isStalled { continue }
            if polled[1 + 2 * index].revents != 0 { pass(from: line.client, to: line.server, line) }
            if polled[2 + 2 * index].revents != 0 { pass(from: line.server, to: line.client, line) }
        }
        return true
    }

    private func accept() {
        let client = Glibc.accept(listener, nil, nil)
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        let server =
            switch target {
            case .environment: connectToEnvironment()
            case .port(let port): connect(toPort: port)
            }
        state.withLock { state in
            state.lines.append((client, server))
            if !state.answersNewcomers { state.stalled.insert(client) }
        }
    }

    private func connectToEnvironment() -> CInt {
        let server = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let environment = ProcessInfo.processInfo.environment
        let path = "\(environment["PGHOST"] ?? "/tmp")/.s.PGSQL.\(environment["PGPORT"] ?? "5432")"
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        _ = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return server
    }

    private func connect(toPort port: Int) -> CInt {
        let server = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        _ = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return server
    }

    private func pass(from source: CInt, to target: CInt, _ line: (client: CInt, server: CInt)) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(source, &buffer, buffer.count, 0)
        if count > 0, send(target, buffer, count, CInt(MSG_NOSIGNAL)) == count { return }
        close(line.client)
        close(line.server)
        state.withLock { $0.lines.removeAll { $0.client == line.client } }
    }
}
