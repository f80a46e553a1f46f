import Foundation
import TestSupport
import Testing

@testable import Delivery

/// Against a real server on this machine.
struct SMTPTransportTests {
    private func mail(body: String = "Dear Ana,\n\n.\n..two dots\nplease call 上海云杉.\n") throws -> Mail {
        Mail(
            messageID: try #require(MessageID("m-1@ltc.example")), date: Date(timeIntervalSince1970: 1_795_417_139),
            from: try MailAddress("ltc@company.example"), to: [try MailAddress("ana@customer.example")],
            subject: "Reminder", body: body)
    }

    private func transport(_ sink: MailSink, timeout: Duration = .seconds(30)) throws -> SMTPTransport {
        SMTPTransport(try SMTPSettings(host: "127.0.0.1", port: sink.port, security: .none, timeout: timeout))
    }

    @Test(arguments: [
        ("552 5.3.4 Message size exceeds fixed limit", true, false), ("552 too large", true, false),
        ("552 5.2.2 mailbox full", false, true), ("550 5.2.3 too long for this mailbox", true, true),
        ("550 5.1.1 no such mailbox", false, true), ("550 5.7.1 policy", false, false),
    ])
    func `a refusal says whether size or recipient is at fault`(line: String, size: Bool, recipient: Bool) throws {
        let reply = try #require(ServerReply(line: line))
        #expect(reply.concernsSize == size && reply.concernsRecipient == recipient)
    }

    @Test func `a mail arrives byte for byte with its envelope, and so does the next one`() async throws {
        let sink = try await MailSink()
        let transport = try transport(sink)
        let mail = try mail()
        #expect(await transport.send(mail) == .accepted(ServerReply(code: 250, text: "2.0.0 kept as 000001")))
        #expect(await transport.send(mail) == .accepted(ServerReply(code: 250, text: "2.0.0 kept as 000002")))
        let envelope = "Return-Path: <ltc@company.example>\r\nX-Envelope-To: <ana@customer.example>\r\n"
        #expect(
            try sink.mails() == Array(repeating: envelope + String(decoding: mail.rendered, as: UTF8.self), count: 2))
    }

    @Test func `a refused recipient is refused with the server's words`() async throws {
        let sink = try await MailSink("--refuse", "customer")
        let outcome = try await transport(sink).send(mail())
        #expect(outcome == .refused(ServerReply(code: 550, text: "5.1.1 no such mailbox here")))
    }

    @Test func `a mail larger than the limit is not sent, and says how much too large it is`() async throws {
        let sink = try await MailSink()
        var settings = try SMTPSettings(host: "127.0.0.1", port: sink.port, security: .none)
        let mail = try mail()
        settings.maximumBytes = mail.rendered.count - 1
        let outcome = await SMTPTransport(settings).send(mail)
        #expect(outcome == .tooLarge(size: mail.rendered.count, limit: mail.rendered.count - 1))
        settings.maximumBytes += 1
        guard case .accepted = await SMTPTransport(settings).send(mail) else {
            Issue.record("one byte less was not accepted")
            return
        }
        #expect(try sink.mails().count == 1)
    }

    @Test func `greylisting means later, and later it is taken`() async throws {
        let sink = try await MailSink("--greylist", "1")
        let transport = try transport(sink)
        let first = await transport.send(try mail())
        #expect(first == .refusedForNow(ServerReply(code: 451, text: "4.7.1 greylisted, try again later")))
        guard case .accepted = await transport.send(try mail()) else {
            Issue.record("the second try was not accepted")
            return
        }
    }

    @Test(arguments: [("--lose", 0), ("--drop", 1)])
    func `a connection cut after the body is uncertain, kept or not`(option: String, kept: Int) async throws {
        let sink = try await MailSink(option, "1")
        let outcome = try await transport(sink).send(mail())
        guard case .uncertain = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(try sink.mails().count == kept)
    }

    @Test func `an answer that does not come in time leaves it uncertain`() async throws {
        let sink = try await MailSink("--delay", "30")
        let outcome = try await transport(sink, timeout: .seconds(1)).send(mail())
        guard case .uncertain = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func `where nobody listens it was surely not taken`() async throws {
        let transport = SMTPTransport(try SMTPSettings(host: "127.0.0.1", port: 1, security: .none))
        guard case .unreachable = await transport.send(try mail()) else {
            Issue.record("sent to nobody")
            return
        }
    }

    @Test func `with encryption required nothing goes to a server without it`() async throws {
        let sink = try await MailSink()
        let transport = SMTPTransport(try SMTPSettings(host: "127.0.0.1", port: sink.port, security: .required))
        guard case .unreachable = await transport.send(try mail()) else {
            Issue.record("sent in the clear")
            return
        }
        #expect(try sink.mails().isEmpty)
    }

    @Test func `the certificate and the password decide over an encrypted connection`() async throws {
        let certificate = try await TestCertificate()
        let sink = try await MailSink("--certificate", certificate.path, "--login", "ltc:right")
        func outcome(password: String, authorities: String?) async throws -> DeliveryOutcome {
            let login = SMTPSettings.Login(user: "ltc", password: Secret(password))
            let settings = try SMTPSettings(host: "localhost", port: sink.port, login: login, authorities: authorities)
            return await SMTPTransport(settings).send(try mail())
        }
        guard case .accepted = try await outcome(password: "right", authorities: certificate.path),
            case .refusedForNow(let reply, _) = try await outcome(password: "wrong", authorities: certificate.path),
            case .unreachable(let reason) = try await outcome(password: "right", authorities: nil)
        else {
            Issue.record("not as expected")
            return
        }
        #expect(reply.code == 535)
        #expect(reason.contains("(curl 60)"))
        #expect(try sink.mails().count == 1)
    }

    @Test func `no password goes unencrypted to another machine`() {
        let login = SMTPSettings.Login(user: "ltc", password: Secret("hush"))
        #expect(throws: SMTPSettingsError.passwordInTheClear(.opportunistic)) {
            try SMTPSettings(host: "mail.company.example", security: .opportunistic, login: login)
        }
        #expect(throws: SMTPSettingsError.noHostName("a b")) { try SMTPSettings(host: "a\r\nb") }
    }

    @Test func `printing the settings never shows the password`() throws {
        let login = SMTPSettings.Login(user: "ltc", password: Secret("hush"))
        let settings = try SMTPSettings(host: "localhost", login: login)
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(
            !dumped.contains("hush") && !"\(settings)".contains("hush")
                && !String(reflecting: settings).contains("hush"))
        #expect(dumped.contains("ltc"))
    }
}

/// A certificate for `localhost` and its key in one file, signed by itself.
private final class TestCertificate: Sendable {
    let path: String

    init() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ltc-\(UUID().uuidString).pem").path
        let openssl = try ChildProcess(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", path, "-out",
                path + ".crt",
            ], log: URL(filePath: "/dev/null"))
        await openssl.exit()
        let certificate = try Data(contentsOf: URL(filePath: path + ".crt"))
        let key = try Data(contentsOf: URL(filePath: path))
        try (certificate + key).write(to: URL(filePath: path))
        self.path = path
    }
}
