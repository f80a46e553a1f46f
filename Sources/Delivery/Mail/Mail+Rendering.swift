import Foundation

extension Mail {
    /// The message as it goes over the wire (RFC 5322, RFC 2045): CRLF lines of ASCII, the same for the same mail.
    package var rendered: [UInt8] {
        var text = HeaderText.line("From", [from]) + HeaderText.line("To", to)
        if let replyTo { text += HeaderText.line("Reply-To", [replyTo]) }
        if !originalTo.isEmpty { text += HeaderText.line("X-Original-To", originalTo) }
        text += HeaderText.line("Subject", subject)
        text += "Date: \(Self.dateText(date))\r\nMessage-ID: <\(messageID)>\r\n"
        // RFC 3834: answering machines stay silent.
        text += "Auto-Submitted: auto-\(isAnswer ? "replied" : "generated")\r\nMIME-Version: 1.0\r\n"
        return Array((text + content).utf8)
    }

    /// What is read, and beside it the files: `mixed(alternative(text, related(HTML, pictures)), files)`, and of that what
    /// there is (RFC 2046, RFC 2387).
    private var content: String {
        let pictures = language == nil ? [] : attachments.filter { $0.kind == .png }
        let files = attachments.filter { language == nil || $0.kind != .png }
        var readable = Self.textPart("plain", body)
        if let language {
            let html = HTMLBody(self, language: language, pictures: pictures)
            let page = [Self.textPart("html", html.page)] + pictures.map { $0.part(isInline: true) }
            readable = Self.multipart("alternative", [readable, Self.multipart("related", page)])
        }
        return Self.multipart("mixed", [readable] + files.map { $0.part(isInline: false) })
    }

    private static func textPart(_ kind: String, _ text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        let text = lines.joined(separator: "\r\n")
        let encoding = TransferEncoding.best(for: text)
        return "Content-Type: text/\(kind); charset=utf-8\r\nContent-Transfer-Encoding: \(encoding.rawValue)\r\n\r\n"
            + encoding.encode(text.utf8)
    }

    /// One part needs no envelope. "=_" occurs in neither transfer encoding, so no boundary can occur in a part.
    private static func multipart(_ kind: String, _ parts: [String]) -> String {
        guard parts.count > 1 else { return parts[0] }
        let boundary = kind == "mixed" ? "=_ltc_part" : "=_ltc_\(kind)"
        return "Content-Type: multipart/\(kind); boundary=\"\(boundary)\"\r\n\r\n"
            + parts.map { "--\(boundary)\r\n\($0)" }.joined() + "--\(boundary)--\r\n"
    }

    /// `Mon, 23 Nov 2026 06:58:59 +0000`.
    static func dateText(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let year = parts.year, let month = parts.month, let day = parts.day, let hour = parts.hour,
            let minute = parts.minute, let second = parts.second, let weekday = parts.weekday
        else { preconditionFailure("a calendar gives the components it was asked for") }
        let time = [hour, minute, second].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return "\(weekdays[weekday - 1]), \(day) \(months[month - 1]) \(year) \(time) +0000"
    }
}

extension MailAttachment {
    fileprivate func part(isInline: Bool) -> String {
        "Content-Type: \(kind.rawValue)\r\nContent-Transfer-Encoding: base64\r\n"
            + (isInline ? "Content-ID: <\(contentID)>\r\n" : "")
            + "Content-Disposition: \(isInline ? "inline" : "attachment");\r\n \(Self.nameParameter(name))\r\n\r\n"
            + TransferEncoding.base64.encode(bytes)
    }

    /// RFC 6266's and RFC 2231's extended form, which carries any name in ASCII.
    private static func nameParameter(_ name: String) -> String {
        let shown = HeaderText.printable(name)
        let safe = shown.utf8.allSatisfy { isAlphanumeric($0) || "-._".utf8.contains($0) }
        guard shown.isEmpty || !safe else { return "filename=\(shown)" }
        return "filename*=UTF-8''"
            + shown.utf8.map { byte in
                isAlphanumeric(byte) || "-._".utf8.contains(byte)
                    ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16, uppercase: true).leftPadded
            }.joined()
    }
}

extension String {
    /// Two hexadecimal digits of a byte.
    fileprivate var leftPadded: String { utf8.count < 2 ? "0" + self : self }
}
