/// What comes back on a mail of ours.
package struct Echo: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// It will never arrive: the status (`5.1.1`) and the server's words, as far as they are told.
        case failed(String)
        /// It has not arrived yet, and is still being tried.
        case delayed(String)
        /// Somebody answers, in words.
        case reply(String)
    }

    package let kind: Kind
    /// Message-IDs that it may be about, the likeliest first.
    package let about: [String]
    package let from: String
    package let subject: String
    /// A machine wrote it (RFC 3834), or it went to many: nobody waits for an answer, and none may be sent.
    package let isAutomatic: Bool
    /// The mailbox that wrote it, in small letters; nil when that is none that could be written to.
    package let sender: MailAddress?

    /// Of servers, the second where addresses may have letters of any script (RFC 6533).
    private static let reports: Set = ["message/delivery-status", "message/global-delivery-status"]

    /// Nil for what is about no other mail, and for reports that something arrived.
    package init?(_ mail: ReceivedMail) {
        let leaves = mail.leaves
        let answered = mail.identifiers("in-reply-to") + mail.identifiers("references").reversed()
        if let report = leaves.first(where: { Self.reports.contains($0.mediaType) }) {
            let about = Self.returned(leaves) + answered
            guard let kind = Self.kind(of: report), !about.isEmpty else { return nil }
            self.init(kind, about: about, mail)
        } else {
            guard !answered.isEmpty else { return nil }
            self.init(.reply(mail.words), about: answered, mail)
        }
    }

    /// A reply to a message that its address names.
    package init(replyTo mail: ReceivedMail) { self.init(.reply(mail.words), about: [], mail) }

    private init(_ kind: Kind, about: [String], _ mail: ReceivedMail) {
        self.kind = kind
        self.about = about
        isAutomatic = mail.isAutomatic
        from = mail.shown("from")
        subject = mail.shown("subject")
        sender = mail.sender
    }

    package var isReply: Bool { if case .reply = kind { true } else { false } }

    /// RFC 3464: blocks of headers, the first about the message and one for each recipient. A mail of ours has one
    /// recipient; where a report tells of several, the worst counts.
    private static func kind(of report: ReceivedMail) -> Kind? {
        let blocks = report.text.replacing("\r\n", with: "\n").split(separator: "\n\n")
            .map { ReceivedMail(Array(("\($0)\n\n").utf8)) }
        func words(_ block: ReceivedMail) -> String {
            let diagnosis = block["diagnostic-code"]?.split(separator: ";", maxSplits: 1).last.map {
                String($0).trimmed
            }
            return [block["status"], diagnosis].compactMap { $0 }.joined(separator: " ").prefix(500).description
        }
        // A comment may stand behind it (RFC 3464, 2.1.1).
        func action(_ block: ReceivedMail) -> String? { block["action"]?.prefix { $0 != "(" }.lowercased().trimmed }
        if let failed = blocks.first(where: { action($0) == "failed" }) {
            // Some servers say failed with 4.x.x when they give up: it will not arrive all the same.
            return .failed(words(failed))
        }
        return blocks.first { action($0) == "delayed" }.map { .delayed(words($0)) }
    }

    /// The id of the mail that a report brings back, whole or its headers, or names.
    private static func returned(_ leaves: [ReceivedMail]) -> [String] {
        leaves.flatMap { part -> [String] in
            switch part.mediaType {
            case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global",
                "message/global-headers":
                return ReceivedMail(Array(part.text.utf8)).identifiers("message-id")
            case let type where reports.contains(type):
                let block = ReceivedMail(Array(part.text.utf8))
                return block.identifiers("original-message-id") + block.identifiers("x-original-message-id")
            default: return []
            }
        }
    }
}

extension ReceivedMail {
    /// A header in one line, as people read it.
    fileprivate func shown(_ name: String) -> String {
        String(HeaderText.printable(EncodedWords.text(of: self[name] ?? "")).prefix(300))
    }

    /// Read before encoded words are: none of them is an address (RFC 2047, 5).
    fileprivate var sender: MailAddress? {
        let from = self["from"] ?? ""
        let inner = from.lastIndex(of: "<").map { from[from.index(after: $0)...].prefix { $0 != ">" } }
        do {
            return try MailAddress((inner.map(String.init) ?? from).trimmed.lowercased())
        } catch {
            return nil
        }
    }

    /// What somebody wrote, as plain text; the words of its HTML where there is nothing else.
    var words: String {
        let words =
            leaves.first { $0.mediaType == "text/plain" }?.text
            ?? leaves.first { $0.mediaType == "text/html" }.map { Self.words(ofHTML: $0.text) } ?? ""
        return String(words.trimmed.prefix(4_000))
    }

    private static func words(ofHTML html: String) -> String {
        var text = String(html.prefix(200_000))
        text.replace(/(?is)<(head|style|script)\b.*?<\/(head|style|script)\s*>/, with: "")
        text.replace(/(?s)<!--.*?-->/, with: "")
        text.replace(/\s+/, with: " ")
        text.replace(/(?i)<(br|\/p|\/div|\/tr|\/li|\/h[1-6])\b[^>]*>/, with: "\n")
        text.replace(/<[^>]*>/, with: "")
        for (name, sign) in [
            ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
        ] {
            text.replace(name, with: sign)
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(\.trimmed).joined(separator: "\n")
    }

    /// RFC 3834, and what machines said before it.
    var isAutomatic: Bool {
        let submitted = (self["auto-submitted"] ?? "no").lowercased().prefix { $0 != ";" }.trimmed
        return submitted != "no" || ["bulk", "junk", "list", "auto_reply"].contains(self["precedence"]?.lowercased())
            || self["list-id"] != nil || self["x-autoreply"] != nil || self["return-path"]?.trimmed == "<>"
    }
}
