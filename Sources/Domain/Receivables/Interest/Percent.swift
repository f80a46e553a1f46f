/// A percentage, exact to nine digits after the point: a rate, a margin, a share of an amount.
package struct Percent: Sendable, Hashable {
    /// In billionths of a percent: `11.5` is 11,500,000,000.
    package let billionths: Int

    package static let billionthsOfOne = 1_000_000_000
    package static let zero = Percent(billionths: 0)

    package init(billionths: Int) { self.billionths = billionths }

    /// Reads a decimal with a point from -1000 to 1000, a minus sign before it when it is negative; nil for anything
    /// else.
    package init?(_ text: some StringProtocol) {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) }),
            parts[0].utf8.count <= 4, let whole = Int(parts[0])
        else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.utf8.count <= 9,
            let part = Int(fraction + String(repeating: "0", count: 9 - fraction.utf8.count))
        else { return nil }
        let billionths = whole * Self.billionthsOfOne + part
        guard billionths <= 1000 * Self.billionthsOfOne else { return nil }
        self.billionths = digits.count == text.count ? billionths : -billionths
    }

    package static func + (left: Percent, right: Percent) -> Percent {
        Percent(billionths: left.billionths + right.billionths)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension Percent: Comparable {
    package static func < (left: Percent, right: Percent) -> Bool { left.billionths < right.billionths }
}

extension Percent: CustomStringConvertible {
    /// Without zeros that say nothing: `11.5`, `-0.88`, `9`.
    package var description: String {
        let (whole, part) = billionths.magnitude.quotientAndRemainder(dividingBy: UInt(Self.billionthsOfOne))
        let digits = String(part)
        var fraction = (String(repeating: "0", count: 9 - digits.count) + digits)[...]
        while fraction.last == "0" { fraction.removeLast() }
        return (billionths < 0 ? "-" : "") + String(whole) + (fraction.isEmpty ? "" : "." + fraction)
    }
}

extension Percent: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let percent = Percent(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no percentage")
        }
        self = percent
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
