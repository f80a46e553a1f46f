public import Foundation

/// `numeric`, exact: 38 digits and what `Decimal` can scale. NaN, infinity and longer numbers are refused.
///
/// The format: digits to the base of 10,000, the power of the first one, a sign, the decimal places to show.
extension Decimal: PostgresValue {
    private static let negative: UInt16 = 0x4000

    public func encode(as type: SQLType, into bytes: inout [UInt8]) throws {
        guard type == .numeric else { throw Self.mismatch(type) }
        guard isFinite else { throw DatabaseError(.usage, "not a number") }
        // The description of a Decimal is exact and never uses an exponent.
        let parts = description.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        let whole = Array(parts[0].utf8.drop { $0 == UInt8(ascii: "0") })
        let fraction = parts.count > 1 ? Array(parts[1].utf8) : []
        let zero = UInt8(ascii: "0")
        let padded =
            [UInt8](repeating: zero, count: (4 - whole.count % 4) % 4) + whole + fraction
            + [UInt8](repeating: zero, count: (4 - fraction.count % 4) % 4)
        var digits = stride(from: 0, to: padded.count, by: 4).map { start in
            padded[start..<start + 4].reduce(Int16(0)) { $0 * 10 + Int16($1 - zero) }
        }
        var weight = (whole.count + 3) / 4 - 1
        while digits.last == 0 { digits.removeLast() }
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        weight -= leading
        Int16(digits.count).append(to: &bytes)
        Int16(digits.isEmpty ? 0 : weight).append(to: &bytes)
        (isSignMinus && !digits.isEmpty ? Self.negative : 0).append(to: &bytes)
        Int16(fraction.count).append(to: &bytes)
        for digit in digits { digit.append(to: &bytes) }
    }

    public static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> Decimal {
        guard type == .numeric else { throw mismatch(type) }
        var offset = 0
        let count = Int(try bytes.read(Int16.self, at: &offset))
        let weight = Int(try bytes.read(Int16.self, at: &offset))
        let sign = try bytes.read(UInt16.self, at: &offset)
        guard sign == 0 || sign == negative else { throw DatabaseError(.decoding, "not a finite number") }
        offset += 2  // the decimal places to show do not change the value
        var mantissa: UInt128 = 0
        var exponent = 4 * (weight + 1 - count)
        for index in 0..<count {
            var digit = UInt128(try bytes.read(Int16.self, at: &offset))
            var base: UInt128 = 10_000
            // The last digit's trailing zeros would only cost room.
            while index == count - 1, digit % 10 == 0, base > 1 {
                (digit, base, exponent) = (digit / 10, base / 10, exponent + 1)
            }
            let (product, tooLong) = mantissa.multipliedReportingOverflow(by: base)
            let (sum, tooLarge) = product.addingReportingOverflow(digit)
            guard !tooLong, !tooLarge else { throw DatabaseError(.decoding, "a numeric of more digits than a Decimal") }
            mantissa = sum
        }
        guard mantissa != 0 else { return 0 }
        guard (-128...127).contains(exponent) else { throw DatabaseError(.decoding, "a numeric beyond a Decimal") }
        return Decimal(sign: sign == 0 ? .plus : .minus, exponent: exponent, significand: whole(mantissa))
    }

    /// Exact: both halves, and their sum, fit the 128 bits of a Decimal's significand.
    private static func whole(_ number: UInt128) -> Decimal {
        let half: UInt128 = 10_000_000_000_000_000_000
        let (high, low) = number.quotientAndRemainder(dividingBy: half)
        guard high > 0 else { return Decimal(UInt64(low)) }
        return Decimal(UInt64(high / 10_000_000_000)) * Decimal(sign: .plus, exponent: 29, significand: 1)
            + Decimal(UInt64(high % 10_000_000_000)) * Decimal(sign: .plus, exponent: 19, significand: 1)
            + Decimal(UInt64(low))
    }
}
