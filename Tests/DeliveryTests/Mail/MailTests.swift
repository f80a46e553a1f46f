import Foundation
import Testing

@testable import Delivery

struct MailTests {
    private func mail(subject: String = "Reminder", body: String = "Hello", name: String? = nil) throws -> Mail {
        Mail(
            messageID: try #require(MessageID("m-1.a@ltc.example")), date: Date(timeIntervalSince1970: 1_795_417_139),
            from: try MailAddress("ltc@company.example", name: name),
            to: [try MailAddress("ana@company.example", name: name)], subject: subject, body: body)
    }

    @Test(arguments: 0..<300)
    func `nothing in a subject, a name or a text adds a header or breaks a line`(seed: Int) throws {
        var nasty = NastyText(seed: seed)
        let (subject, name, body) = (nasty.text(), nasty.text(), nasty.text())
        let bytes = try mail(subject: subject, body: body, name: name).rendered
        #expect(bytes.allSatisfy { $0 < 0x80 && $0 != 0 })
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { !$0.utf8.contains(0x0D) && !$0.utf8.contains(0x0A) })
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        let read = try ReadMail(bytes)
        #expect(
            read.headers.map(\.name) == [
                "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
                "Content-Transfer-Encoding",
            ])
        #expect(
            read["To"]?.hasSuffix("ana@company.example") == true
                || read["To"]?.hasSuffix("<ana@company.example>") == true)
    }

    @Test(arguments: 0..<300)
    func `a receiver reads the subject and the text as they were written`(seed: Int) throws {
        var nasty = NastyText(seed: seed)
        let (subject, body) = (nasty.text(), nasty.text())
        let read = try ReadMail(mail(subject: subject, body: body).rendered)
        let shown = try ReadMail.decoded(read["Subject"] ?? "")
        #expect(shown == HeaderText.printable(subject))
        let text = try read.text().replacing("\r\n", with: "\n")
        let expected = body.replacing(/\r\n|\r|\n/, with: "\n")
        #expect(text == expected || text == expected + "\n")
    }

    @Test func `a Chinese subject is encoded in whole characters`() throws {
        let subject = "续约提醒：上海云杉科技有限公司的合同将于二〇二六年十二月三十一日到期，请在十一月三十日之前答复客户"
        let lines = String(decoding: try mail(subject: subject).rendered, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines.flatMap { $0.matches(of: /=\?UTF-8\?B\?(.*?)\?=/).map { String($0.output.1) } }
        #expect(words.count > 1)
        for word in words {
            let data = try #require(Data(base64Encoded: word))
            #expect(String(validating: data, as: UTF8.self) != nil)
        }
    }

    @Test func `the same mail is the same bytes, and its headers are what a mail program expects`() throws {
        var mail = try mail(name: "Acme, Ltd. \"ltc\"")
        mail.replyTo = try MailAddress("reply+token@company.example")
        #expect(mail.rendered == mail.rendered)
        let read = try ReadMail(mail.rendered)
        #expect(read["From"] == "\"Acme, Ltd. \\\"ltc\\\"\" <ltc@company.example>")
        #expect(read["Reply-To"] == "reply+token@company.example")
        #expect(read["Message-ID"] == "<m-1.a@ltc.example>")
        #expect(read["Auto-Submitted"] == "auto-generated")
        #expect(read["Date"] == "Mon, 23 Nov 2026 06:58:59 +0000")
    }

    @Test func `files travel byte for byte under their own names`() throws {
        var mail = try mail()
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        mail.attachments = [
            MailAttachment(name: "register.csv", kind: .csv, bytes: bytes),
            MailAttachment(name: "登记\r\n表.csv", kind: .csv, bytes: []),
        ]
        let read = try ReadMail(mail.rendered)
        #expect(read["Content-Type"] == "multipart/mixed; boundary=\"=_ltc_part\"")
        let parts = read.body.components(separatedBy: "--=_ltc_part")
        #expect(parts.count == 5 && parts[4] == "--\r\n")
        let first = try ReadMail(Array(parts[2].dropFirst().utf8))
        #expect(first["Content-Disposition"] == "attachment; filename=register.csv")
        #expect(Data(base64Encoded: first.body, options: .ignoreUnknownCharacters).map(Array.init) == bytes)
        let second = try ReadMail(Array(parts[3].dropFirst().utf8))
        #expect(second["Content-Disposition"] == "attachment; filename*=UTF-8''%E7%99%BB%E8%AE%B0%20%E8%A1%A8.csv")
    }

    @Test func `a redirected mail goes to one address and shows whom it was for`() throws {
        let mail = try mail(subject: "First reminder").redirected(to: MailAddress("test@company.example"))
        #expect(mail.to.map(\.mailbox) == ["test@company.example"])
        let read = try ReadMail(mail.rendered)
        #expect(read["To"] == "test@company.example")
        #expect(read["X-Original-To"] == "ana@company.example")
        #expect(read["Subject"] == "[to ana@company.example] First reminder")
        #expect(try read.text().contains("It was for ana@company.example"))
    }

    @Test(arguments: 0..<100)
    func `nothing in a text becomes markup or leaves its part`(seed: Int) throws {
        var nasty = NastyText(seed: seed)
        let text = nasty.text() + "<script>alert(1)</script> a & b  \"c\""
        var mail = try mail(subject: nasty.text(), body: text)
        mail.language = "en"
        let read = try ReadMail(mail.rendered)
        #expect(read["Content-Type"] == "multipart/alternative; boundary=\"=_ltc_alternative\"")
        let parts = read.body.components(separatedBy: "--=_ltc_alternative")
        try #require(parts.count == 4)
        #expect(try ReadMail(Array(parts[1].dropFirst().utf8)).text().contains("<script>alert(1)"))
        let page = try ReadMail(Array(parts[2].dropFirst().utf8)).text()
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; a &amp; b  &quot;c&quot;"))
        #expect(
            page.matches(of: /<[^>]*>/).allSatisfy {
                $0.output.contains(/^<(!DOCTYPE html|\/?(html|head|meta|title|body|p|pre|br)\b[^<]*)>$/)
            })
    }

    @Test func `tables keep their columns, a picture is shown below, and files stay beside`() throws {
        var mail = try mail(body: "Two lines\nof words\n\nName    Sum\nA      1.00\n")
        mail.language = "de"
        mail.attachments = [
            MailAttachment(name: "ageing.png", kind: .png, bytes: [1, 2, 3]),
            MailAttachment(name: "letter.pdf", kind: .pdf, bytes: [4]),
        ]
        let text = String(decoding: mail.rendered, as: UTF8.self)
        for part in [
            "multipart/mixed", "multipart/alternative", "multipart/related", "<html lang=3D\"de\">",
            "Content-ID: <039058c6f2c0cb492c533b0a4d14ef77@ltc>",
            "Content-Disposition: inline;\r\n filename=ageing.png",
            "Content-Disposition: attachment;\r\n filename=letter.pdf",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(text.contains("<p>Two lines<br>\r\nof words</p>"))
        #expect(text.contains("monospace\">Name    Sum\r\nA      1.00</pre>"))
        #expect(text.contains("cid:039058c6f2c0cb492c533b0a4d14ef77@ltc"))
    }
}
