import Domain
import Foundation
import Testing

@testable import Delivery

struct ReplyAddressTests {
    private static let secret = Secret("0123456789abcdef0123456789abcdef")

    private func replies(_ secret: Secret = secret) throws -> ReplyAddress {
        try ReplyAddress(MailAddress("ltc@Company.example"), secret: secret)
    }

    private func mail(to header: String) -> ReceivedMail { ReceivedMail(Array("\(header)\n\ndone\n".utf8)) }

    @Test func `the authentication code is that of RFC 4231`() {
        #expect(
            SHA256.authentication(of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            SHA256.authentication(
                of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                key: Array(repeating: 0xaa, count: 131))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test(arguments: ["To: %", "To: \"LTC\" <%>, x@y.example", "Delivered-To: %", "Cc: a@b.example,\n <%>", "TO: <%>"])
    func `an address leads to its message, whatever became of its case`(header: String) throws {
        let replies = try replies()
        let address = try replies.address(of: 17).mailbox
        for text in [address, address.uppercased()] {
            #expect(replies.addressee(of: mail(to: header.replacing("%", with: text))) == .message(17))
        }
    }

    @Test func `what is not ours, or belongs to another message, is forged`() throws {
        let replies = try replies()
        let address = try replies.address(of: 17).mailbox
        let other = try self.replies(Secret("another secret, long enough")).address(of: 17).mailbox
        for text in [
            address.replacing("+17-", with: "+18-"), other, "ltc+17-@company.example", "ltc+17@company.example",
            "ltc+-1-aa@company.example", String(address.dropLast(17)) + "@company.example",
        ] {
            #expect(replies.addressee(of: mail(to: "To: \(text)")) == .forged, "\(text)")
        }
        for header in [
            "To: ltc@company.example", "To: ltc+17@other.example", "From: \(address)", "Subject: \(address)",
        ] {
            #expect(replies.addressee(of: mail(to: header)) == nil, "\(header)")
        }
    }

    @Test func `a short secret and a long address are refused`() throws {
        #expect { _ = try replies(Secret("short")) } throws: { ($0 as? Problem)?.code == "short_secret" }
        #expect {
            _ = try ReplyAddress(MailAddress("a.very.long.mailbox.name@company.example"), secret: Self.secret)
        } throws: { ($0 as? Problem)?.code == "long_address" }
    }
}
