/// A payment reference that a payer's bank can check (ISO 11649): `RF`, two check digits, up to 21 letters and digits.
package struct CreditorReference: Sendable, Hashable, CustomStringConvertible {
    /// Without spaces, in capitals: `RF18539007547034`.
    package let text: String

    /// Reads one as people write it: with spaces, in small letters. Nil when it is none or its check digits are wrong.
    package init?(_ text: some StringProtocol) {
        let text = String(text.filter { !$0.isWhitespace }).uppercased()
        guard text.hasPrefix("RF"), (5...25).contains(text.utf8.count), CheckDigits.remainder(of: text) == 1 else {
            return nil
        }
        self.text = text
    }

    /// The reference for a number of ours, of which it keeps the letters and digits: `DN-2026-000001` is `DN2026000001`.
    /// Nil when there are none or more than 21.
    package init?(number: some StringProtocol) {
        let body = number.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        guard (1...21).contains(body.utf8.count), let remainder = CheckDigits.remainder(of: "RF00" + body) else {
            return nil
        }
        let check = 98 - remainder
        text = "RF" + (check < 10 ? "0" : "") + "\(check)" + body
    }

    /// What follows the check digits.
    package var body: Substring { text.dropFirst(4) }

    /// In groups of four, as it is printed: `RF18 5390 0754 7034`.
    package var description: String { text.grouped(by: 4) }
}

/// ISO 7064 MOD 97-10, as ISO 11649 references and ISO 13616 account numbers (IBAN) have it.
package enum CheckDigits {
    /// Spaces are passed over. How long an IBAN of which country is, is not looked at.
    package static func areRight(inIBAN text: String) -> Bool {
        let text = String(text.filter { !$0.isWhitespace })
        return text.prefixMatch(of: /[A-Z]{2}[0-9]{2}/) != nil && (15...34).contains(text.utf8.count)
            && remainder(of: text) == 1
    }

    /// With the first four characters moved to the end, letters counting 10 to 35; nil for other signs.
    static func remainder(of text: String) -> Int? {
        var remainder = 0
        for character in text.dropFirst(4) + text.prefix(4) {
            guard character.isASCII, let value = Int(String(character), radix: 36) else { return nil }
            remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97
        }
        return remainder
    }
}

extension String {
    /// `DE89370400440532013000` by four is `DE89 3704 0044 0532 0130 00`.
    package func grouped(by size: Int) -> String {
        var groups = ""
        for (index, character) in enumerated() {
            if index > 0, index % size == 0 { groups.append(" ") }
            groups.append(character)
        }
        return groups
    }
}
