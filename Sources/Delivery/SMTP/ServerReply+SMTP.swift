extension ServerReply {
    /// A line as a mail server sends it: `250 2.0.0 Ok`, or `250-SIZE 1000` when more lines follow.
    init?(line: String) {
        guard let code = Int(line.prefix(3)), (200...599).contains(code) else { return nil }
        self.init(code: code, text: String(line.dropFirst(4)))
    }

    /// 5xx codes that are about the session (encryption, login), not about the mail: mended settings would help, so it
    /// stays to be sent. RFC 4954 §6, RFC 3207.
    var concernsSession: Bool { [530, 534, 535, 538].contains(code) }

    /// The mail is larger than the server, or the mailbox, takes (RFC 1870, RFC 3463: 5.3.4, 5.2.3).
    package var concernsSize: Bool {
        guard (500...599).contains(code) else { return false }
        return text.prefixMatch(of: /5\.(3\.4|2\.3)\b/) != nil || code == 552 && text.prefixMatch(of: /5\.\d/) == nil
    }

    /// An enhanced status (RFC 3463) that is about the recipient's address or mailbox: what we send there will never arrive,
    /// whatever we mend. Without one a refusal may as well be about us: a relay that is not ours, a policy.
    package var concernsRecipient: Bool {
        guard (500...599).contains(code), let status = text.prefixMatch(of: /5\.([12])\.(\d{1,3})\b/) else {
            return false
        }
        // 5.1.7 and 5.1.8 are about the sender's.
        return status.1 == "2" || !["7", "8"].contains(status.2)
    }
}
