/// What became of a mail that was handed to a server.
package enum SMTPOutcome: Sendable, Equatable {
    /// The server took responsibility for it (250 after the body).
    case accepted(SMTPReply)
    /// It said no for good (5xx): the same mail will never be taken.
    case refused(SMTPReply)
    /// Larger than our own limit; no server was asked. Both in bytes, as it would be sent.
    case tooLarge(size: Int, limit: Int)
    /// It said not now (4xx), or it does not let us in; the same mail may be taken later.
    case refusedForNow(SMTPReply)
    /// No server was reached, or the connection ended before the whole body was sent: the mail was surely not taken.
    case unreachable(String)
    /// The whole body was sent and no answer came. The server may have stored the mail or not; nobody can tell from here.
    case uncertain(String)
}

/// A server's last word: its code and the text of its last line.
package struct SMTPReply: Sendable, Hashable, CustomStringConvertible {
    package let code: Int
    package let text: String

    package init(code: Int, text: String) {
        self.code = code
        self.text = text
    }

    package var description: String { "\(code) \(text)" }

    /// A line as a server sends it: `250 2.0.0 Ok`, or `250-SIZE 1000` when more lines follow.
    init?(line: String) {
        guard let code = Int(line.prefix(3)), (200...599).contains(code) else { return nil }
        self.init(code: code, text: String(HeaderText.printable(String(line.dropFirst(4))).prefix(300)))
    }

    /// 5xx codes that are about the session (encryption, login), not about the mail: mended settings would help, so it
    /// stays to be sent. RFC 4954 §6, RFC 3207.
    var concernsSession: Bool { [530, 534, 535, 538].contains(code) }
}
