extension InterestComputation {
    /// A segment as it can be done again by hand: `86000.00 × 10.27 % × 23 / 365 = 556.549589`; with a rounded daily rate
    /// `5000.00 × 12.25 % × 1 / 365 ≈ 1.68, × 101 = 169.680000`.
    ///
    /// - Parameters:
    ///   - percentSign: as the language sets it, with its space.
    ///   - number: writes a plain decimal in the language's way.
    package func arithmetic(
        of segment: Segment, in currency: Currency, percentSign: String = " %", number: (String) -> String = { $0 }
    ) -> String {
        func amount(_ minor: Int) -> String { number(Money(minor: minor, currency: currency).amount) }
        let start = "\(amount(segment.openMinor)) × \(number(segment.rate.percent.description))\(percentSign) × "
        let end = " = \(number(segment.exact))"
        guard let daily = segment.dailyMinor else {
            return start + (segment.fraction.contains("+") ? "(\(segment.fraction))" : segment.fraction) + end
        }
        let days = segment.fraction.prefix { $0 != " " }
        let year = segment.fraction.dropFirst(days.count)
        return start + "1\(year) ≈ \(amount(daily)), × \(days)" + end
    }
}

extension NoticeFee.Computation {
    /// The fee as it can be done again by hand: `5.00 + 1 % × 12000.00 = 125.00, at most 50.00, + 19 % tax = 59.50`.
    ///
    /// - Parameters:
    ///   - most, tax: in the language of the reader.
    ///   - percentSign: as the language sets it, with its space.
    ///   - number: writes a plain decimal in the language's way.
    package func arithmetic(
        most: String, tax: String, percentSign: String = " %", number: (String) -> String = { $0 }
    ) -> String {
        func amount(_ minor: Int) -> String { number(Money(minor: minor, currency: rule.fixed.currency).amount) }
        var words = amount(fixedMinor)
        if rule.share > .zero {
            words += " + \(number(rule.share.description))\(percentSign) × \(amount(originalMinor))"
            words += " = \(amount(fixedMinor + shareMinor))"
        }
        if isCapped { words += ", \(most) \(amount(netMinor))" }
        if rule.tax > .zero {
            words += ", + \(number(rule.tax.description))\(percentSign) \(tax) = \(amount(grossMinor))"
        }
        return words
    }
}

extension AppliedRate {
    /// Where the percentage comes from: `1.27 + 9; de-base 2025-07-01, Deutsche Bundesbank`; nil for an agreed one.
    package func origin(number: (String) -> String = { $0 }) -> String? {
        guard let reference, let margin else { return nil }
        let sum =
            number(reference.percent.description)
            + (margin < .zero ? " - " : " + ") + number(String(margin.description.drop { $0 == "-" }))
        let published = reference.publishedOn.map { " (\($0))" } ?? ""
        return "\(sum); \(reference.code) \(reference.validFrom), \(reference.source)\(published)"
    }
}
