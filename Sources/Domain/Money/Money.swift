/// An amount in integer minor units (cents, fen) of its currency.
package struct Money: Hashable, Sendable {
    package var minor: Int
    package var currency: Currency

    package init(minor: Int, currency: Currency) {
        self.minor = minor
        self.currency = currency
    }

    /// What one item or movement may come to, in minor units: the sums of thousands of them fit, and so does interest on them.
    package static let largest = 1_000_000_000_000_000

    package enum Mistake: Error, Hashable, Sendable {
        case notANumber
        /// More digits after the point than the currency has.
        case tooManyDigits
        case outOfRange
    }

    /// Reads a decimal with a point: `1234.5`, `-3`, `0.05`. No thousands separators, no sign but a leading minus.
    package init(_ text: some StringProtocol, currency: Currency) throws(Mistake) {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) }) else {
            throw .notANumber
        }
        let fraction = parts.count == 2 ? parts[1] : digits.suffix(0)
        guard fraction.dropFirst(currency.minorDigits).allSatisfy({ $0 == UInt8(ascii: "0") }) else {
            throw .tooManyDigits
        }
        let padding = repeatElement(UInt8(ascii: "0"), count: max(0, currency.minorDigits - fraction.count))
        var minor = 0
        for digit in Array(parts[0]) + fraction.prefix(currency.minorDigits) + padding {
            let (product, overflowed) = minor.multipliedReportingOverflow(by: 10)
            let (sum, overflowedToo) = product.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            if overflowed || overflowedToo { throw .outOfRange }
            minor = sum
        }
        self.init(minor: isNegative ? -minor : minor, currency: currency)
    }

    /// The amount as a decimal with all of the currency's minor digits: `1234.50`.
    package var amount: String {
        guard currency.minorDigits > 0 else { return String(minor) }
        let digits = String(minor.magnitude)
        let padded = String(repeating: "0", count: max(0, currency.minorDigits + 1 - digits.count)) + digits
        return (minor < 0 ? "-" : "") + padded.dropLast(currency.minorDigits) + "."
            + padded.suffix(currency.minorDigits)
    }
}

extension Money: CustomStringConvertible {
    /// `1234.50 EUR`
    package var description: String { "\(amount) \(currency.code)" }
}

extension Money: Codable {
    private enum CodingKeys: String, CodingKey { case amount, currency }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let currency = try container.decode(Currency.self, forKey: .currency)
        do {
            self = try Money(try container.decode(String.self, forKey: .amount), currency: currency)
        } catch let mistake as Mistake {
            throw DecodingError.dataCorruptedError(
                forKey: .amount, in: container, debugDescription: "not an amount: \(mistake)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(amount, forKey: .amount)
        try container.encode(currency, forKey: .currency)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
