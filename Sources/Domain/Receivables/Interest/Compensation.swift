/// A flat sum for the creditor's costs of collecting a late debt, once ever: EUR 40 (directive 2011/7/EU,
/// article 6; § 288 (5) BGB), or by the size of the debt (United Kingdom: Late Payment of Commercial Debts (Interest) Act
/// 1998, section 5A).
package struct Compensation: Codable, Sendable, Hashable {
    /// What an invoice in instalments costs that is late with more than one of them.
    package enum Unit: String, Codable, CaseIterable, Sendable {
        /// The sum once, with the instalment that is late first.
        case invoice
        /// The sum for each (directive 2011/7/EU, article 5; § 288 (5) sentence 2 BGB).
        case instalment
    }

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
    package var per = Unit.invoice
    /// What the letter cites: `§ 288 Abs. 5 BGB`.
    package var source: String

    package init(_ bands: [Band], per unit: Unit = .invoice, source: String = "") {
        self.bands = bands
        per = unit
        self.source = source
    }

    /// What a debt costs that became late with `principalMinor` open; nil when nothing is set for its currency, or when
    /// it was claimed for it before: on an earlier notice, paid or not.
    package func amount(forPrincipal principalMinor: Int, in currency: Currency, claimedBefore: Bool) -> Money? {
        guard !claimedBefore, principalMinor > 0 else { return nil }
        return bands.first { band in
            band.amount.currency == currency && band.below.map { principalMinor < $0.minor } ?? true
        }?.amount
    }
}

extension Compensation {
    private enum CodingKeys: String, CodingKey { case bands, per, source }

    /// Versions that were stored before it had a source or a unit are read as without it.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        bands = try container.decode([Band].self, forKey: .bands)
        per = try container.decodeIfPresent(Unit.self, forKey: .per) ?? .invoice
        source = try container.decodeIfPresent(String.self, forKey: .source) ?? ""
    }
}
