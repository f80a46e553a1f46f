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

    package var channel: MessageChannel { .mail }

    package init(
        transport: SMTPTransport, sender: MailAddress, redirection: MailAddress? = nil, replies: ReplyAddress? = nil
    ) {
        self.transport = transport
        self.sender = sender
        self.redirection = redirection
        self.replies = replies
    }

    package func pack(_ message: QueuedMessage, in db: isolated Connection) throws -> Parcel {
        do {
            let mail = try mail(message, files: db.run(MessagesSQL.Attachments(message: message.id)))
            return .ready { [transport, redirection] in
                await transport.send(redirection.map { mail.redirected(to: $0) } ?? mail)
            }
        } catch let error as MailAddressError {
            return .settled(.failed, reason: "bad_address", answer: "\(error)")
        }
    }

    private func mail(_ message: QueuedMessage, files: [MessagesSQL.Attachments.Row]) throws -> Mail {
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
            attachments: files.map { file in
                MailAttachment(
                    name: LegalPack.plainName(of: file.name), kind: .init(mediaType: file.mediaType),
                    bytes: file.content)
            })
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
