package import Domain

/// Where people answer: `ltc+17-TOKEN@company.example` for message 17. Nobody can guess the token, which is made of a secret
/// (HMAC-SHA256, RFC 2104), so nothing has to be kept to recognise it.
package struct ReplyAddress: Sendable {
    private let local, domain: String
    private let secret: Secret

    /// A secret of fewer letters could be found by trying.
    package static let shortestSecret = 24

    /// - Parameter address: its mail server has to deliver `local+anything@domain` too.
    /// - Throws: a `Problem` for a short secret, or a local part of more than 18 letters, to which no token can be added.
    package init(_ address: MailAddress, secret: Secret) throws(Problem) {
        local = String(address.mailbox.prefix { $0 != "@" })
        domain = String(address.domain)
        self.secret = secret
        if local.utf8.count > 18 {
            throw Problem(.inputRefused, "long_address", "has more than 18 letters before the @")
        }
        if secret.text.utf8.count < Self.shortestSecret {
            throw Problem(.inputRefused, "short_secret", "the secret has fewer than \(Self.shortestSecret) letters")
        }
    }

    package func address(of message: Int) throws(MailAddressError) -> MailAddress {
        try MailAddress("\(local)+\(message)-\(token(message))@\(domain)")
    }

    /// 128 bits, in small letters: mail servers may change their case.
    private func token(_ message: Int) -> String {
        String(SHA256.authentication(of: Array("reply \(message)".utf8), key: Array(secret.text.utf8)).prefix(32))
    }

    /// Whom a mail that came in is addressed to.
    package enum Addressee: Sendable, Hashable {
        case message(Int)
        /// An address of this kind whose token is not ours.
        case forged
    }

    /// Nil for a mail that is addressed to no message.
    package func addressee(of mail: ReceivedMail) -> Addressee? {
        let start = "\(local)+".lowercased()
        let end = "@\(domain)".lowercased()
        let names = ["to", "cc", "delivered-to", "x-original-to", "envelope-to"]
        for header in mail.headers where names.contains(header.name) {
            for word in header.value.lowercased().split(whereSeparator: { " \t,;<>\"()".contains($0) })
            where word.hasPrefix(start) && word.hasSuffix(end) {
                let parts = word.dropFirst(start.count).dropLast(end.count).split(separator: "-")
                guard parts.count == 2, let message = Int(parts[0]), message > 0 else { return .forged }
                return Self.isSame(String(parts[1]), token(message)) ? .message(message) : .forged
            }
        }
        return nil
    }

    /// In a time that tells nothing of how much is right.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count && zip(one.utf8, other.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension SHA256 {
    /// HMAC (RFC 2104), as 64 lower-case hexadecimal digits.
    static func authentication(of bytes: [UInt8], key: [UInt8]) -> String {
        var key = key.count > 64 ? self.bytes(key) : key
        key += Array(repeating: 0, count: 64 - key.count)
        return hex(key.map { $0 ^ 0x5c } + self.bytes(key.map { $0 ^ 0x36 } + bytes))
    }

    private static func bytes(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array(hex(bytes).utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
