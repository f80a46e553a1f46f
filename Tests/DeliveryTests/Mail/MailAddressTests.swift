import Testing

@testable import Delivery

struct MailAddressTests {
    @Test(arguments: [
        "ana@company.example", "first.last+tag@mail.company.example", "o'hara_x@a-b.example", "root@localhost",
    ])
    func `an ordinary mailbox is taken as it is`(text: String) throws {
        #expect(try MailAddress(text).mailbox == text)
    }

    @Test(arguments: [
        "", "@", "ana", "ana@", "@company.example", "a@b@c", "a b@c.example", "ana@company..example", ".a@c.example",
        "a@-b.example", "ana@company.example\r\nRCPT TO:<all@example.org>", "ana@company.example\n",
        "<ana@company.example>",
        "ana@company.example,bob@company.example", "\"a b\"@company.example", "安娜@company.example", "ana@公司.example",
        "a\0b@c.example", String(repeating: "a", count: 65) + "@c.example",
    ])
    func `what is no plain mailbox is refused`(text: String) {
        #expect(throws: MailAddressError.self) { try MailAddress(text) }
    }

    @Test(arguments: 0..<500)
    func `no text becomes an address that could speak SMTP`(seed: Int) throws {
        var nasty = NastyText(seed: seed)
        let text = "ana@company.example"
        let cut = text.index(text.startIndex, offsetBy: Int.random(in: 0...text.count, using: &nasty))
        guard let address = try? MailAddress(text[..<cut] + nasty.text() + text[cut...]) else { return }
        #expect(address.mailbox.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"<>,\";:\\ ".utf8.contains($0) })
    }

    @Test func `an error shows the text without its control characters`() throws {
        let error = #expect(throws: MailAddressError.self) { try MailAddress("a\u{1B}[31m\r\nb") }
        #expect(error?.description.contains("'a [31m b'") == true)
    }

    @Test(arguments: ["a@b", "message-12.7f@ltc.example"])
    func `a message id is two dot-atoms`(text: String) {
        #expect(MessageID(text)?.description == text)
        #expect(MessageID(text + ">\r\nX: y") == nil)
        #expect(MessageID("<\(text)>") == nil)
    }
}
