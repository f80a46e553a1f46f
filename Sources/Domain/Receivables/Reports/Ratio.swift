/// A quotient of whole numbers: nothing is lost until it is written out, rounded once.
package struct Ratio: Sendable, Hashable {
    package let numerator: Int128
    /// Above zero.
    package let denominator: Int128

    package init(_ numerator: Int128, over denominator: Int128) {
        precondition(denominator > 0)
        self.numerator = numerator
        self.denominator = denominator
    }

    /// As a decimal with so many digits after the point, a half away from zero: `73.7`, `-0.5`.
    ///
    /// Amounts of Int minor units times days or percent stay far below what Int128 holds.
    package func decimal(digits: Int) -> String {
        let scale = (0..<digits).reduce(into: Int128(1)) { scale, _ in scale *= 10 }
        let (whole, rest) = (abs(numerator) * scale).quotientAndRemainder(dividingBy: denominator)
        let rounded = rest >= denominator - rest ? whole + 1 : whole
        let text = String(rounded)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        let sign = numerator < 0 && rounded > 0 ? "-" : ""
        return sign + padded.dropLast(digits) + (digits > 0 ? "." + padded.suffix(digits) : "")
    }
}
