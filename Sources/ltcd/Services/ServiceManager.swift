import Glibc
import Logging
import ServiceLifecycle

/// What systemd is told (`Type=notify`, `WatchdogSec`), by datagrams to its socket as sd_notify(3) describes.
struct ServiceManager: Sendable {
    private let address: String
    let logger: Logger

    /// Nil when nobody asked to be notified.
    init?(environment: [String: String], logger: Logger) {
        guard let address = environment["NOTIFY_SOCKET"], !address.isEmpty else { return nil }
        self.address = address
        self.logger = logger
    }

    /// - Parameter state: lines of `KEY=value`, such as `READY=1`.
    func notify(_ state: String) {
        let code = send(Array(state.utf8))
        if code != 0 {
            logger.warning("the service manager cannot be told", metadata: ["errno": "\(code)", "state": "\(state)"])
        }
    }

    /// - Returns: 0 or an errno.
    private func send(_ bytes: [UInt8]) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        var path = Array(address.utf8)
        // A leading '@' stands for the abstract namespace, whose names begin with a zero byte.
        if path[0] == UInt8(ascii: "@") { path[0] = 0 }
        guard path.count < MemoryLayout.size(ofValue: target.sun_path) else { return ENAMETOOLONG }
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let sent = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
        return sent == bytes.count ? 0 : errno
    }
}

/// Tells the service manager's watchdog that the process lives: that tasks still run in it.
struct Watchdog: Service {
    let manager: ServiceManager
    let interval: Duration

    /// Nil when no watchdog watches this process.
    init?(manager: ServiceManager, environment: [String: String]) {
        guard let period = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), period > 0 else { return nil }
        if let watched = environment["WATCHDOG_PID"], Int32(watched) != getpid() { return nil }
        self.manager = manager
        interval = .microseconds(period / 3)
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    manager.notify("WATCHDOG=1")
                    try await Task.sleep(for: interval)
                }
            }
        } catch is CancellationError {
            // The end of a watch.
        }
    }
}
