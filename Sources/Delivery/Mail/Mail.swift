package import Foundation

/// A mail to be sent by a program: text, the same as HTML if it has a language, and files.
package struct Mail: Sendable, Equatable {
    /// `unique@domain`, without the angle brackets; the same on every try, so that a receiver can drop the second copy.
    package var messageID: MessageID
    /// When the mail was written, not when it is sent: the bytes are the same on every try.
    package var date: Date
    package var from: MailAddress
    package var to: [MailAddress]
    package var replyTo: MailAddress?
    package var subject: String
    /// UTF-8 text, lines ended by line feeds.
    package var body: String
    /// Of the text; nil for a mail of plain text alone.
    package var language: String?
    /// Pictures (`MailAttachment.Kind.png`) are shown below the text of a mail that has a language.
    package var attachments: [MailAttachment]
    /// Who it was for, when it goes to somebody else (`outbound: redirect`).
    package var originalTo: [MailAddress] = []
    /// It answers a mail that came in (RFC 3834), and was not written by itself.
    package var isAnswer = false

    package init(
        messageID: MessageID, date: Date, from: MailAddress, to: [MailAddress], replyTo: MailAddress? = nil,
        subject: String, body: String, language: String? = nil, attachments: [MailAttachment] = []
    ) {
        self.messageID = messageID
        self.date = date
        self.from = from
        self.to = to
        self.replyTo = replyTo
        self.subject = subject
        self.body = body
        self.language = language
        self.attachments = attachments
    }

    /// The same mail to `address` alone; its subject, its text and a header say whom it was for.
    package func redirected(to address: MailAddress) -> Mail {
        var copy = self
        let people = to.map(\.mailbox).joined(separator: ", ")
        copy.originalTo = to
        copy.to = [address]
        copy.subject = "[to \(people)] \(subject)"
        copy.body = "(This mail was redirected. It was for \(people).)\n\n\(body)"
        return copy
    }
}

/// The identity of a mail (RFC 5322 §3.6.4): `left@right`, both dot-atoms.
package struct MessageID: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ isDotAtom($0) }), text.utf8.count <= 250 else { return nil }
        description = text
    }
}

/// A file that goes with a mail.
package struct MailAttachment: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case csv = "text/csv; charset=utf-8"
        case text = "text/plain; charset=utf-8"
        case json = "application/json"
        case pdf = "application/pdf"
        case png = "image/png"
        case spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case other = "application/octet-stream"

        /// - Parameter mediaType: with or without parameters, which are ours to say: all text is UTF-8.
        package init(mediaType: String) {
            let type = mediaType.prefix { $0 != ";" }.lowercased()
            self = Self.allCases.first { $0.rawValue.prefix { $0 != ";" } == type } ?? .other
        }
    }

    package var name: String
    package var kind: Kind
    package var bytes: [UInt8]

    /// By which HTML names it: the hash of its bytes, a dot-atom whatever its name is.
    var contentID: String { "\(SHA256.hex(bytes).prefix(32))@ltc" }

    package init(name: String, kind: Kind, bytes: [UInt8]) {
        self.name = name
        self.kind = kind
        self.bytes = bytes
    }
}
