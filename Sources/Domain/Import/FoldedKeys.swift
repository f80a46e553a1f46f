import Foundation

/// How names, addresses and numbers are made comparable before they become keys.
package enum Folding {
    /// A company's name without what does not tell two companies apart: letter case, full or half width, accents' way of
    /// being written, punctuation, spaces. `ＡＣＭＥ, Inc.` is `acmeinc`; `上海 申通（集团）` is `上海申通集团`.
    package static func name(_ text: String) -> String {
        if let ascii = foldedASCII(text) { return ascii }
        let folded = text.precomposedStringWithCompatibilityMapping.lowercased().unicodeScalars
            .filter { $0.properties.isAlphabetic || $0.properties.numericType != nil || $0.properties.isIdeographic }
        return String(String.UnicodeScalarView(folded)).precomposedStringWithCanonicalMapping
    }

    private static func foldedASCII(_ text: String) -> String? {
        var folded: [UInt8] = []
        folded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x61...0x7A: folded.append(byte)
            case 0x41...0x5A: folded.append(byte | 0x20)
            case 0x80...: return nil
            default: break
            }
        }
        return String(decoding: folded, as: UTF8.self)
    }

    /// An e-mail address as an identity: half width, lower case. The local part too: servers that tell `Ann@` from
    /// `ann@` are not met, people who write both are.
    ///
    /// Nil when it is no address: not one `@`, nothing before it, no domain with a point behind it, longer than the 254
    /// bytes of RFC 5321, or with a space or control character, as which a line end could forge a header.
    package static func email(_ text: String) -> String? {
        let plain = text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCompatibilityMapping
        let address = plain.lowercased()
        let parts = address.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard address.utf8.count <= 254, parts.count == 2, !parts[0].isEmpty, parts[0].count <= 64,
            address.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !Self.neverInAddresses.contains($0) })
        else { return nil }
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty && $0.first != 0x2D && $0.last != 0x2D }) else {
            return nil
        }
        return address
    }

    private static let neverInAddresses = Set("<>(),;:\"\\[]".utf8)

    /// A telephone number as an identity: digits, with `+` in front when it has its country code. Nil when it has fewer
    /// than five digits or more than the 15 of E.164.
    package static func phone(_ text: String) -> String? {
        let plain = text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCompatibilityMapping
        var digits: [UInt8] = []
        var isInternational = false
        for byte in plain.utf8 {
            switch byte {
            case 0x30...0x39: digits.append(byte)
            case UInt8(ascii: "+") where digits.isEmpty: isInternational = true
            case _ where !digits.isEmpty && Self.beforeExtension.contains(byte):
                // An extension belongs to the person, the number before it to the switchboard.
                return key(digits, isInternational)
            default: break
            }
        }
        return key(digits, isInternational)
    }

    /// As in `ext. 12`, `x12` and `#12`.
    private static let beforeExtension = Set("xe#".utf8)

    private static func key(_ digits: [UInt8], _ isInternational: Bool) -> String? {
        let hasPrefix = !isInternational && digits.starts(with: Array("00".utf8))
        let number = hasPrefix ? digits.dropFirst(2) : digits[...]
        guard (5...15).contains(number.count) else { return nil }
        return (isInternational || hasPrefix ? "+" : "") + String(decoding: number, as: UTF8.self)
    }

    /// A code out of a name: `Mei-Mei Johns` is `mei-mei-johns`. Letters of other scripts stay as they are.
    package static func code(_ text: String) -> String {
        text.precomposedStringWithCompatibilityMapping.lowercased()
            .split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
    }
}
