extension ServerReply {
    /// A line as a mail server sends it: `250 2.0.0 Ok`, or `250-SIZE 1000` when more lines follow.
    init?(line: String) {
        guard let code = Int(line.prefix(3)), (200...599).contains(code) else { return nil }
        self.init(code: code, text: String(line.dropFirst(4)))
    }

    /// 5xx codes that are about the session (encryption, login), not about the mail: mended settings would help, so it
    /// stays to be sent. RFC 4954 §6, RFC 3207.
    var concernsSession: Bool { [530, 534, 535, 538].contains(code) }
}
