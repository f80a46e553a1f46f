import CLibPQ
import Glibc

extension Connection {
    /// Connects anew and listens on `channels`.
    func listen(_ channels: [String]) throws {
        try connect()
        for channel in channels {
            try perform("LISTEN \"\(channel.replacing("\"", with: "\"\""))\"", limits)
        }
    }

    /// Waits for notifications; when none comes in time, asks the server whether it is still there.
    func hear(atMost duration: Duration) throws -> [ListenerEvent] {
        var waiting = limits
        waiting.deadline = .now + duration
        var heard = session.notifications()
        guard heard.isEmpty else { return heard }
        do {
            try session.pump(waiting)
        } catch let error as DatabaseError where error.kind == .timeout {
            try probe()
        }
        heard = session.notifications()
        guard session.isAlive else { throw DatabaseError(.connectionLost, "the server closed the connection") }
        return heard
    }
}
