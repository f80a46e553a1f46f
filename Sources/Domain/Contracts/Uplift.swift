package import Foundation

extension Money {
    /// Raised by so many percent, or lowered; rounded to the minor unit, a half away from zero.
    package func raised(byPercent percent: Decimal) -> Money {
        var exact = Decimal(minor) * (100 + percent) / 100
        var rounded = Decimal()
        NSDecimalRound(&rounded, &exact, 0, .plain)
        return Money(minor: NSDecimalNumber(decimal: rounded).intValue, currency: currency)
    }
}
