/// An amount of minor units as a fraction, never negative: nothing is lost until it is rounded, once.
///
/// Int128 holds the interest on 10^15 minor units over 10^4 days at 1000 % a thousand times over (10^34 of 10^38); a sum
/// beyond it is a `Problem`, never a wrapped figure.
package struct ExactMinor: Sendable, Hashable {
    package let numerator: Int128
    package let denominator: Int128

    package init(numerator: Int128, denominator: Int128) {
        precondition(numerator >= 0 && denominator > 0)
        self.numerator = numerator
        self.denominator = denominator
    }

    /// `percent` of `minor`, times a fraction of a year.
    package init(_ percent: Percent, of minor: Int, times fraction: YearFraction) throws(Problem) {
        // An Int of minor units times a percentage, at most 10^19 × 10^12, always fits.
        let (numerator, overflows) = (Int128(minor) * Int128(percent.billionths))
            .multipliedReportingOverflow(by: Int128(fraction.numerator))
        if overflows { throw Self.tooLarge("\(percent) % of \(minor) minor units") }
        self.init(numerator: numerator, denominator: Self.denominator(ofPercentOver: fraction.denominator))
    }

    /// That of a percentage times a fraction with this denominator.
    static func denominator(ofPercentOver year: Int) -> Int128 { 100 * Int128(Percent.billionthsOfOne) * Int128(year) }

    /// The sum of two of the same denominator: parts of one computation.
    package func adding(_ other: ExactMinor) throws(Problem) -> ExactMinor {
        precondition(denominator == other.denominator)
        let (sum, overflows) = numerator.addingReportingOverflow(other.numerator)
        if overflows { throw Self.tooLarge("the sum") }
        return ExactMinor(numerator: sum, denominator: denominator)
    }

    /// To the whole minor unit, a half upwards.
    package var rounded: Int {
        get throws(Problem) {
            let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
            guard let minor = Int(exactly: whole), minor < .max else { throw Self.tooLarge("the amount") }
            return rest >= denominator - rest ? minor + 1 : minor
        }
    }

    /// In major units of the currency with four digits more than it has, a half upwards: what a letter shows as the exact
    /// result.
    package func decimal(in currency: Currency) -> String {
        let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        let digits = currency.minorDigits + 4
        let parts = (rest * 20_000 + denominator) / (2 * denominator)
        let scaled = String(whole + parts / 10_000) + String(String(10_000 + parts % 10_000).dropFirst())
        let padded = String(repeating: "0", count: max(0, digits + 1 - scaled.count)) + scaled
        return padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    static func tooLarge(_ what: String) -> Problem {
        Problem(
            .refused, "amount_too_large", "\(what) is too large to be computed",
            advice: "look at the amount and at the dates of the invoice: one of them cannot be right")
    }
}
