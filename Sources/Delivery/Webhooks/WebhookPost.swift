package import Domain
import Foundation

/// A message as it is posted to a chat.
package struct WebhookPost: Sendable {
    /// The same at every try, so that a receiver can drop the second copy.
    package var id: String
    /// Higher at every try, whoever asked for it: a receiver that has seen a higher one may refuse this one.
    package var fence: Int
    /// What it is, as in `ltc message list`.
    package var kind: String
    package var subject: String
    package var text: String

    package init(id: String, fence: Int, kind: String, subject: String, text: String) {
        self.id = id
        self.fence = fence
        self.kind = kind
        self.subject = subject
        self.text = text
    }

    /// The JSON that a chat of this format takes.
    package func body(in format: WebhookFormat) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let told = Self.cut("\(subject)\n\n\(text)", to: format.maximumBytes)
        return switch format {
        case .generic: Array(try encoder.encode(["id": id, "kind": kind, "subject": subject, "text": text]))
        case .slack: Array(try encoder.encode(["text": Self.escaped(told)]))
        case .wecom, .dingtalk: Array(try encoder.encode(Robot(text: .init(content: told))))
        case .feishu: Array(try encoder.encode(Lark(content: .init(text: told))))
        }
    }

    private struct Robot: Encodable {
        struct Text: Encodable { let content: String }
        let msgtype = "text"
        let text: Text
    }

    private struct Lark: Encodable {
        struct Content: Encodable { let text: String }
        let messageType = "text"
        let content: Content

        enum CodingKeys: String, CodingKey {
            case messageType = "msg_type"
            case content
        }
    }

    /// Slack's three signs of control.
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// So many bytes of UTF-8 at most, between two characters, with an ellipsis where something is left out.
    private static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var (end, size) = (text.startIndex, "…".utf8.count)
        while case let next = text.index(after: end), case let more = text[end..<next].utf8.count, size + more <= limit
        {
            (end, size) = (next, size + more)
        }
        return text[..<end] + "…"
    }
}

extension WebhookFormat {
    /// Of a text, by the chats' documentation; Feishu counts the request, in which a sign may take several bytes.
    fileprivate var maximumBytes: Int {
        switch self {
        case .generic: .max
        case .slack: 40_000
        case .wecom: 2_048
        case .dingtalk: 18_000
        case .feishu: 10_000
        }
    }

    /// Codes that say not now: too fast, or the chat is busy.
    private var codesOfHaste: Set<Int> {
        switch self {
        case .generic, .slack: []
        case .wecom: [-1, 45_009]
        case .dingtalk: [-1, 130_101, 410_100]
        case .feishu: [11_232]
        }
    }

    /// What a chat's answer means. WeCom, DingTalk and Feishu say in the body of a 200 what they think of the message.
    package func outcome(status: Int, body: [UInt8], retryAfter: Duration? = nil) -> DeliveryOutcome {
        let reply = ServerReply(code: status, text: String(decoding: body, as: UTF8.self))
        let code = code(in: body)
        if status == 429 || (500...599).contains(status) || code.map(codesOfHaste.contains) == true {
            return .refusedForNow(reply, after: retryAfter)
        }
        guard (200...299).contains(status) else { return .refused(reply) }
        return switch self {
        case .generic, .slack: .accepted(reply)
        // What has no code is no answer of a chat: the URL leads elsewhere.
        case .wecom, .dingtalk, .feishu: code == 0 ? .accepted(reply) : .refused(reply)
        }
    }

    private func code(in body: [UInt8]) -> Int? {
        struct Answer: Decodable {
            let errcode: Int?
            let code: Int?
        }
        do {
            let answer = try JSONDecoder().decode(Answer.self, from: Data(body))
            return self == .feishu ? answer.code : answer.errcode
        } catch {
            // Then it is no answer of theirs.
            return nil
        }
    }
}
