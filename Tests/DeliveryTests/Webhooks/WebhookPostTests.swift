import Delivery
import Domain
import Foundation
import Testing

struct WebhookPostTests {
    private func json(_ format: WebhookFormat, subject: String = "新线索：云杉", text: String = "A <b> & \"c\"\n") throws
        -> NSDictionary
    {
        let post = WebhookPost(id: "17@ltc", fence: 3, kind: "lead-assigned", subject: subject, text: text)
        let object = try JSONSerialization.jsonObject(with: Data(try post.body(in: format)))
        return try #require(object as? NSDictionary)
    }

    @Test func `each chat is spoken to in its own words`() throws {
        let told = "新线索：云杉\n\nA <b> & \"c\"\n"
        #expect(
            try json(.generic) == [
                "id": "17@ltc", "kind": "lead-assigned", "subject": "新线索：云杉", "text": "A <b> & \"c\"\n",
            ])
        #expect(try json(.slack) == ["text": "新线索：云杉\n\nA &lt;b&gt; &amp; \"c\"\n"])
        #expect(try json(.wecom) == ["msgtype": "text", "text": ["content": told]])
        #expect(try json(.dingtalk) == ["msgtype": "text", "text": ["content": told]])
        #expect(try json(.feishu) == ["msg_type": "text", "content": ["text": told]])
    }

    @Test(arguments: [1_990, 2_044, 2_045, 2_046, 2_047, 2_048, 2_049, 9_000])
    func `a text is cut to what a chat takes, between two characters`(size: Int) throws {
        let text = String(repeating: "铁", count: size / 3) + String(repeating: "x", count: size % 3)
        let sent = try #require(
            (try json(.wecom, subject: "", text: text)["text"] as? NSDictionary)?["content"] as? String)
        #expect(sent.utf8.count <= 2_048)
        #expect(size + 2 <= 2_048 ? sent == "\n\n" + text : sent.hasSuffix("…") && sent.utf8.count > 2_040)
    }

    @Test func `what a chat answers is told by its code where it has one`() {
        func outcome(_ format: WebhookFormat, _ status: Int, _ body: String) -> String {
            switch format.outcome(status: status, body: Array(body.utf8), retryAfter: .seconds(7)) {
            case .accepted: "accepted"
            case .refused: "refused"
            case .refusedForNow(_, let after): after == .seconds(7) ? "later" : "?"
            case .tooLarge, .unreachable, .uncertain: "?"
            }
        }
        for format in WebhookFormat.allCases {
            #expect(outcome(format, 400, "no") == "refused")
            #expect(outcome(format, 302, "") == "refused")
            #expect(outcome(format, 429, "") == "later")
            #expect(outcome(format, 503, "") == "later")
        }
        for (format, name, busy) in [
            (WebhookFormat.wecom, "errcode", 45_009), (.dingtalk, "errcode", 130_101), (.feishu, "code", 11_232),
        ] {
            #expect(outcome(format, 200, "{\"\(name)\":0}") == "accepted")
            #expect(outcome(format, 200, "{\"\(name)\":93000}") == "refused")
            #expect(outcome(format, 200, "{\"\(name)\":\(busy)}") == "later")
            #expect(outcome(format, 200, "<html>") == "refused")
        }
        #expect(outcome(.slack, 200, "ok") == "accepted" && outcome(.generic, 204, "") == "accepted")
        #expect(outcome(.generic, 200, "{\"errcode\":1}") == "accepted")
    }

    @Test(arguments: [
        "http://chat.example/x", "ftp://chat.example/x", "chat.example/x", "https://", "https://u:p@chat.example/x", "",
    ])
    func `a URL over which others could read is none`(text: String) {
        #expect(WebhookAddress(text) == nil)
    }

    @Test func `a URL is shown by nobody`() throws {
        for text in ["https://chat.example/hook?key=hush", "http://127.0.0.1:8080/hush"] {
            let address = try #require(WebhookAddress(text))
            var dumped = "\(address)"
            dump(address, to: &dumped)
            #expect(!dumped.contains("hush"))
        }
    }
}
