public import Logging

/// What a listener hears.
public enum ListenerEvent: Sendable, Hashable {
    case notification(channel: String, payload: String)
    /// From here on it listens, at first or again: what was sent before may have been missed, so look once.
    case reconnected
}

/// Hears `NOTIFY` on a connection of its own, for as long as somebody wants to.
///
/// It notices a peer that has gone silent by asking it regularly, and connects again, pausing longer after each
/// failure. Needs a connection straight to the server: a transaction pooler forwards no notifications.
public struct Listener: Sendable {
    private let settings: ConnectionSettings
    private let channels: [String]
    private let logger: Logger
    private let probeInterval: Duration

    public init(
        _ settings: ConnectionSettings, channels: [String], probeInterval: Duration = .seconds(15), logger: Logger
    ) {
        self.settings = settings
        self.channels = channels
        self.probeInterval = probeInterval
        self.logger = logger
    }

    /// Listens until its task is cancelled, and reacts on the listener's own thread: what comes goes through no other.
    public func hear(_ react: @Sendable (ListenerEvent) -> Void) async {
        await Ear(
            Connection(settings, logger: logger), channels: channels, probeInterval: probeInterval, logger: logger
        ).hear(react)
    }
}

/// One hearing.
private actor Ear {
    private let connection: Connection
    /// Where the connection is heard: what comes takes no other thread on its way.
    nonisolated var unownedExecutor: UnownedSerialExecutor { connection.unownedExecutor }
    private let channels: [String]
    private let probeInterval: Duration
    private let logger: Logger
    private var heard: [ListenerEvent] = []
    private var failures = 0

    init(_ connection: Connection, channels: [String], probeInterval: Duration, logger: Logger) {
        self.connection = connection
        self.channels = channels
        self.probeInterval = probeInterval
        self.logger = logger
    }

    private func next() async -> ListenerEvent? {
        while heard.isEmpty {
            if Task.isCancelled { return nil }
            do {
                if await connection.isOpen {
                    let probeInterval = probeInterval
                    heard = try await connection.exclusively { try $0.hear(atMost: probeInterval) }.reversed()
                } else {
                    let channels = channels
                    try await connection.exclusively { try $0.listen(channels) }
                    failures = 0
                    return .reconnected
                }
            } catch {
                await connection.close()
                if Task.isCancelled { return nil }
                let level: Logger.Level = failures == 0 ? .info : .debug
                logger.log(level: level, "PostgreSQL: listener lost its server", metadata: ["error": "\(error)"])
                await pause()
            }
        }
        return heard.popLast()
    }

    func hear(_ react: @Sendable (ListenerEvent) -> Void) async {
        while let event = await next() { react(event) }
    }

    private func pause() async {
        failures += 1
        let seconds = min(30, 0.1 * Double(1 << min(failures, 10))) * Double.random(in: 0.5...1)
        do {
            try await Task.sleep(for: .seconds(seconds))
        } catch {
            // Cancelled: the loop sees it.
        }
    }
}
