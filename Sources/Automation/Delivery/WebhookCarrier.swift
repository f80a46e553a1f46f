package import Delivery
import Domain
package import Postgres
import Store

/// Posts messages to chats.
package struct WebhookCarrier: MessageCarrier {
    private let transport: WebhookTransport
    /// By the names of the company's file.
    private let addresses: [String: WebhookAddress]
    /// Nothing is posted to people: their mails go to one address, and say the same.
    private let isRedirected: Bool

    package var channel: MessageChannel { .webhook }

    package init(transport: WebhookTransport, addresses: [String: WebhookAddress], isRedirected: Bool = false) {
        self.transport = transport
        self.addresses = addresses
        self.isRedirected = isRedirected
    }

    package func pack(_ message: QueuedMessage, in db: isolated Connection) throws -> Parcel {
        if isRedirected { return .settled(.cancelled, reason: "redirected", answer: nil) }
        guard let format = message.webhookFormat.flatMap(WebhookFormat.init(rawValue:)) else {
            return .settled(.cancelled, reason: "webhook_is_gone", answer: nil)
        }
        guard let address = addresses[message.recipient] else {
            return .settled(.held, reason: "no_webhook_url", answer: nil)
        }
        // Of the message, not of its job: who sends it once more by hand gives it a new job.
        let post = WebhookPost(
            id: message.messageId, fence: message.attempts + 1, kind: message.kind, subject: message.subject,
            text: message.body ?? "")
        return .ready { [transport] in await transport.send(post, to: address, as: format) }
    }
}
