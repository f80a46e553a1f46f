/// A flat sum for the creditor's costs of collecting a late debt, once an invoice ever: EUR 40 (directive 2011/7/EU,
/// article 6; § 288 (5) BGB), or by the size of the debt (United Kingdom: Late Payment of Commercial Debts (Interest) Act
/// 1998, section 5A).
package struct Compensation: Codable, Sendable, Hashable {
    package struct Band: Codable, Sendable, Hashable {
        package var amount: Money
        /// For debts of less than this; nil for all others of the currency.
        package var below: Money?

        package init(_ amount: Money, below: Money? = nil) {
            self.amount = amount
            self.below = below
        }
    }

    /// In each currency from the smallest debt to the largest.
    package var bands: [Band]

    package init(_ bands: [Band]) { self.bands = bands }

    /// What a debt costs that became late with `principalMinor` open; nil when nothing is set for its currency, or when
    /// it was claimed for this invoice before: on an earlier notice, paid or not.
    package func amount(forPrincipal principalMinor: Int, in currency: Currency, claimedBefore: Bool) -> Money? {
        guard !claimedBefore, principalMinor > 0 else { return nil }
        return bands.first { band in
            band.amount.currency == currency && band.below.map { principalMinor < $0.minor } ?? true
        }?.amount
    }
}
