import Testing

@testable import Delivery

struct CharsetTests {
    @Test(arguments: [
        ("gb2312", [0xCD, 0xEA, 0xB3, 0xC9] as [UInt8], "完成"), ("GBK", [0xCD, 0xEA, 0xB3, 0xC9], "完成"),
        ("gb18030", [0xCD, 0xEA, 0xB3, 0xC9], "完成"), ("utf-16le", [0x64, 0, 0x6F, 0], "do"),
        ("iso-8859-1", [0xE4], "ä"), ("utf-8", [0xC3, 0xA4], "ä"), ("no-such-charset", [0xC3, 0xA4], "ä"),
        ("gb2312", [0xCD, 0xEA, 0xFF, 0x41], "完\u{FFFD}A"), ("big5", [0xA7, 0xB9, 0xA6, 0xA8], "完成"),
    ])
    func `a mail's text is read in the charset that it names`(charset: String, bytes: [UInt8], text: String) {
        #expect(Charset.text(of: bytes, in: charset) == text)
        let mail = ReceivedMail(Array("Content-Type: text/plain; charset=\"\(charset)\"\r\n\r\n".utf8) + bytes)
        #expect(mail.text == text)
    }

    @Test func `a long text loses nothing at the ends of its pieces`() {
        let bytes = (0..<5_000).flatMap { _ in [0xCD, 0xEA, 0xB3, 0xC9] as [UInt8] }
        #expect(Charset.text(of: bytes, in: "gbk") == String(repeating: "完成", count: 5_000))
    }
}
