/// What became of a message that was handed to a server.
package enum DeliveryOutcome: Sendable, Equatable {
    /// The server took responsibility for it.
    case accepted(ServerReply)
    /// It said no for good: the same message will never be taken.
    case refused(ServerReply)
    /// Larger than our own limit; no server was asked. Both in bytes, as it would be sent.
    case tooLarge(size: Int, limit: Int)
    /// It said not now, or it does not let us in; the same message may be taken later, and not before `after` has passed
    /// where the server says so.
    case refusedForNow(ServerReply, after: Duration? = nil)
    /// No server was reached, or the connection ended before the whole body was sent: the message was surely not taken.
    case unreachable(String)
    /// The whole body was sent and no answer came. The server may have taken it or not; nobody can tell from here.
    case uncertain(String)
}

/// A server's last word: its code and the text of its last line.
package struct ServerReply: Sendable, Hashable, CustomStringConvertible {
    package let code: Int
    /// One printable line, shortened.
    package let text: String

    package init(code: Int, text: String) {
        self.code = code
        self.text = String(HeaderText.printable(text).prefix(300))
    }

    package var description: String { "\(code) \(text)" }
}
