/// A yearly rate in percent, exact: `11.5` is 115 tenths.
package struct InterestRate: Sendable, Hashable {
    private let digits: Int
    private let scale: Int128
    package let percent: String

    /// Reads a decimal with a point, at most 1000 with nine digits after it; nil for anything else.
    package init?(percent: String) {
        let parts = percent.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) }),
            parts.count == 1 || parts[1].utf8.count <= 9, parts[0].utf8.count <= 4, let whole = Int(parts[0]),
            whole <= 1000, let digits = Int(parts.joined())
        else { return nil }
        self.digits = digits
        self.percent = percent
        self.scale = (parts.count == 2 ? parts[1] : "").utf8.reduce(1) { scale, _ in scale * 10 }
    }

    /// Simple interest on `minor` for `days`, not rounded.
    package func interest(onMinor minor: Int, days: Int, yearDays: Int) -> ExactMinor {
        ExactMinor(
            numerator: Int128(minor) * Int128(digits) * Int128(days), denominator: 100 * scale * Int128(yearDays))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// A non-negative amount of minor units as a fraction: nothing is lost until it is rounded, once.
package struct ExactMinor: Sendable, Hashable {
    package let numerator: Int128
    package let denominator: Int128

    package init(numerator: Int128, denominator: Int128) {
        precondition(numerator >= 0 && denominator > 0)
        self.numerator = numerator
        self.denominator = denominator
    }

    /// To the whole minor unit, a half upwards.
    package var rounded: Int { Int((2 * numerator + denominator) / (2 * denominator)) }

    /// In major units of the currency with four digits more than it has, cut off: what a letter shows as the exact
    /// result.
    package func decimal(in currency: Currency) -> String {
        let digits = currency.minorDigits + 4
        let scaled = String(numerator * 10_000 / denominator)
        let padded = String(repeating: "0", count: max(0, digits + 1 - scaled.count)) + scaled
        return padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}
