package import Delivery
import Domain
package import Postgres
import Store

/// Sends messages as mails.
package struct MailCarrier: MessageCarrier {
    private let transport: SMTPTransport
    private let sender: MailAddress
    /// Where everything goes instead, when it is redirected.
    private let redirection: MailAddress?
    /// Where members answer; nil when they cannot.
    private let replies: ReplyAddress?

    /// Attachments of a mail to a member; what is larger is named, and lies in the package of its run.
    private let attachesUpTo: Int
    /// The folder of packages; nil where they are had by `ltc dunning package` alone.
    private let outputs: String?

    /// In bytes, where the settings say nothing.
    package static let attachesUpTo = 10_000_000

    package var channel: MessageChannel { .mail }

    package init(
        transport: SMTPTransport, sender: MailAddress, redirection: MailAddress? = nil, replies: ReplyAddress? = nil,
        attachesUpTo: Int = Self.attachesUpTo, outputs: String? = nil
    ) {
        self.transport = transport
        self.sender = sender
        self.redirection = redirection
        self.replies = replies
        (self.attachesUpTo, self.outputs) = (attachesUpTo, outputs)
    }

    package func pack(_ message: QueuedMessage, in db: isolated Connection) throws -> Parcel {
        do {
            try RegisterPress.attach(to: message, in: db)
            var (files, left) = (try db.run(MessagesSQL.Attachments(message: message.id)), [MailFile]())
            // Customers get all that is theirs.
            if message.memberId != nil { (files, left) = MailFile.fitting(files, into: attachesUpTo) }
            var mail = try mail(message, files: files.map { try MailAttachment($0, in: db) })
            if !left.isEmpty { mail.body += MailFile.words(left, outputs: outputs, language: message.language) }
            return .ready { [transport, redirection, mail] in
                await transport.send(redirection.map { mail.redirected(to: $0) } ?? mail)
            }
        } catch let error as MailAddressError {
            return .settled(.failed, reason: "bad_address", answer: "\(error)")
        }
    }

    private func mail(_ message: QueuedMessage, files: [MailAttachment]) throws -> Mail {
        guard let messageID = MessageID(message.messageId) else {
            throw Problem(.defect, "bad_message_id", "message \(message.id) has no valid Message-ID")
        }
        guard let body = message.body else {
            throw Problem(.defect, "no_text", "nothing wrote the text of message \(message.id)")
        }
        var mail = Mail(
            messageID: messageID, date: message.createdAt, from: sender,
            to: [try MailAddress(message.recipient, name: message.recipientName)], subject: message.subject,
            body: body, language: message.language,
            attachments: files)
        mail.isAnswer = message.kind == OutgoingMessage.Kind.answer.rawValue
        if message.memberId != nil, let replies {
            mail.replyTo = try replies.address(of: message.id)
            let words = ReplyDesk.words(for: message)
            if !words.isEmpty {
                mail.body +=
                    message.language.hasPrefix("zh")
                    ? "\n回复本邮件即可，首行写：\(words)\n" : "\nReply with a first line of: \(words)\n"
            }
        }
        return mail
    }
}
