import Foundation
import Testing

@testable import Delivery

struct EchoTests {
    private static let ours = "0a1b2c3d-0000-4000-8000-000000000001@ltc"

    /// As Postfix writes it.
    static func report(
        action: String = "failed", status: String = "5.1.1", returned: String = "Message-ID: <\(ours)>",
        kind: String = "text/rfc822-headers"
    ) -> String {
        """
        From: MAILER-DAEMON@mx.example (Mail Delivery System)
        To: ltc@company.example
        Subject: Undelivered Mail Returned to Sender
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="A4B.1700/mx.example"

        This is a MIME-encapsulated message.

        --A4B.1700/mx.example
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --A4B.1700/mx.example
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example
        X-Postfix-Queue-ID: A4B
        Arrival-Date: Tue, 24 Nov 2026 10:00:00 +0000 (UTC)

        Final-Recipient: rfc822; nobody@customer.example
        Original-Recipient: rfc822;nobody@customer.example
        Action: \(action)
        Status: \(status)
        Diagnostic-Code: smtp; 550 5.1.1 <nobody@customer.example>:
         no such mailbox

        --A4B.1700/mx.example
        Content-Type: \(kind)

        From: ltc@company.example
        \(returned)
        Subject: Second reminder

        --A4B.1700/mx.example--

        """
    }

    private func read(_ text: String) -> Echo? { Echo(ReceivedMail(Array(text.utf8))) }

    @Test func `a server that takes addresses of any script reports alike`() throws {
        let report = Self.report(kind: "message/global-headers")
            .replacing("message/delivery-status", with: "message/global-delivery-status")
        let echo = try #require(read(report))
        #expect(echo.kind == .failed("5.1.1 550 5.1.1 <nobody@customer.example>: no such mailbox"))
        #expect(echo.about.first == Self.ours)
    }

    @Test(arguments: ["\n", "\r\n"], ["text/rfc822-headers", "message/rfc822"])
    func `a report of failure names our mail and the server's words`(lineEnd: String, kind: String) throws {
        let echo = try #require(read(Self.report(kind: kind).replacing("\n", with: lineEnd)))
        #expect(echo.kind == .failed("5.1.1 550 5.1.1 <nobody@customer.example>: no such mailbox"))
        #expect(echo.about == [Self.ours])
    }

    @Test func `a delay is no failure, and a success is no echo`() throws {
        guard case .delayed = try #require(read(Self.report(action: "delayed", status: "4.4.1"))).kind else {
            Issue.record("not delayed")
            return
        }
        for action in ["delivered", "relayed", "expanded", ""] { #expect(read(Self.report(action: action)) == nil) }
    }

    @Test func `a comment behind the action is none of it`() throws {
        #expect(try #require(read(Self.report(action: "failed (user unknown)"))).about == [Self.ours])
    }

    @Test func `a reply in HTML alone is read by its words`() throws {
        let reply = """
            From: Ana <ana@customer.example>
            In-Reply-To: <\(Self.ours)>
            Content-Type: text/html; charset=utf-8

            <html><head><title>x</title><style>p { color: red }</style></head><body><!-- no -->
            <p>We paid<br>on   Monday &amp; Tuesday.</p><script>alert(1)</script>
            <div>1 &lt; 2</div></body></html>
            """
        #expect(try #require(read(reply)).kind == .reply("We paid\non Monday & Tuesday.\n1 < 2"))
    }

    @Test func `a report without the mail is about nothing, or about what it answers`() throws {
        #expect(read(Self.report(returned: "X: y")) == nil)
        let answering = "In-Reply-To: <\(Self.ours)>\n" + Self.report(returned: "X: y")
        #expect(try #require(read(answering)).about == [Self.ours])
    }

    @Test func `a reply is what somebody wrote, about what it answers`() throws {
        let reply = """
            From: Ana <ana@customer.example>
            Subject: =?UTF-8?B?UmU=?=: Mahnung
            References: <old@customer.example>
             <\(Self.ours)>
            Content-Type: multipart/alternative; boundary=b1

            --b1
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            We paid on Monday =E2=80=94 see=
             below.
            --b1
            Content-Type: text/html

            <p>We paid</p>
            --b1--
            """
        let echo = try #require(read(reply))
        #expect(echo.kind == .reply("We paid on Monday — see below."))
        #expect(echo.about == [Self.ours, "old@customer.example"])
        #expect(echo.from == "Ana <ana@customer.example>")
        #expect(echo.subject == "Re: Mahnung")
    }

    /// The first five are the examples of RFC 2047, 8; of the others, one cuts a character between two words.
    @Test(arguments: [
        ("=?ISO-8859-1?Q?a?=", "a"), ("=?ISO-8859-1?Q?a?= b", "a b"), ("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"),
        ("=?ISO-8859-1?Q?a_b?=", "a b"), ("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"),
        ("Re: =?gb2312?B?y8Sz9g==?=", "Re: 四出"), ("=?UTF-8?B?5Zub5Q==?= =?utf-8?B?h7o=?=!", "四出!"),
        ("=?utf-8*de?q?f=C3=BCr_2?=", "für 2"), ("=?UTF-8?B?===?= x", "=?UTF-8?B?===?= x"),
        ("a =? b ?= c", "a =? b ?= c"),
        ("=?no-such?Q?ok?=", "ok"),
    ])
    func `encoded words are read`(header: String, text: String) throws {
        let echo = try #require(read("From: Ana <a@b.example>\nIn-Reply-To: <x@y>\nSubject: \(header)\n\nHello\n"))
        #expect(echo.subject == text)
    }

    @Test func `a name that decodes to an address is not the sender`() throws {
        let name = "=?UTF-8?Q?Boss_=3Cboss=40company.example=3E?="
        let echo = try #require(read("From: \(name) <Ana@customer.example>\nIn-Reply-To: <x@y>\n\nHello\n"))
        #expect(echo.sender?.mailbox == "ana@customer.example")
        #expect(echo.from == "Boss <boss@company.example> <Ana@customer.example>")
        #expect(read("From: \(name)\nIn-Reply-To: <x@y>\n\nHello\n")?.sender == nil)
    }

    @Test(arguments: 0..<300)
    func `whatever comes in is read to its end`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var bytes = Array(Self.report().utf8)
        for _ in 0..<20 {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 3 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 40)))
            default: bytes.insert(contentsOf: Array("--A4B.1700/mx.example\n".utf8), at: place)
            }
        }
        #expect(ReceivedMail(bytes).leaves.count <= 100)
        _ = Echo(ReceivedMail(bytes))
    }
}

/// Steele, Lea and Flood's generator: the same numbers for the same seed.
private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
