/// What a notice costs the debtor: a fixed sum, a share of the original amount of the invoices that it names, or both, at
/// most a cap; the tax comes on top.
package struct NoticeFee: Codable, Sendable, Hashable {
    package var fixed: Money
    /// Of the original amount; zero is none.
    package var share: Percent
    /// The most that fixed and share come to, before tax.
    package var cap: Money?
    /// On the capped fee; zero is none.
    package var tax: Percent
    /// What the letter cites.
    package var source: String

    package init(
        _ fixed: Money, share: Percent = .zero, cap: Money? = nil, tax: Percent = .zero, source: String = ""
    ) {
        self.fixed = fixed
        self.share = share
        self.cap = cap
        self.tax = tax
        self.source = source
    }

    /// It is more than a currency in which there is none.
    package var isCharged: Bool { fixed.minor > 0 || share > .zero }

    /// A fixed sum and nothing to say about it.
    package var isPlain: Bool { share == .zero && cap == nil && tax == .zero && source.isEmpty }

    /// A fee and how it came about, in minor units of one currency.
    package struct Computation: Codable, Sendable, Hashable {
        package var rule: NoticeFee
        package var originalMinor: Int
        package var fixedMinor: Int
        /// The share of the original amount, rounded half up.
        package var shareMinor: Int
        /// Fixed and share, at most the cap.
        package var netMinor: Int
        package var isCapped: Bool
        /// On the net fee, rounded half up.
        package var taxMinor: Int

        package var grossMinor: Int { netMinor + taxMinor }
    }

    /// The fee of a notice whose invoices come to `original`.
    ///
    /// - Throws: another currency than the fee's, a negative sum or percentage, an amount too large to compute.
    package func fee(onOriginal original: Money) throws(Problem) -> Computation {
        for currency in [fixed.currency] + (cap.map { [$0.currency] } ?? []) where currency != original.currency {
            throw Problem(
                .refused, "fee_in_another_currency",
                "the fee is in \(currency.code), the invoices in \(original.currency.code)",
                advice: "give a fee for \(original.currency.code)")
        }
        guard fixed.minor >= 0, cap?.minor ?? 0 >= 0, share >= .zero, tax >= .zero, original.minor >= 0 else {
            throw Problem(
                .refused, "negative_fee", "a fee is never negative",
                advice: "write amounts and percentages without a sign")
        }
        let part = try share.of(original.minor)
        let (sum, overflows) = fixed.minor.addingReportingOverflow(part)
        if overflows { throw ExactMinor.tooLarge("the fee") }
        let net = min(sum, cap?.minor ?? sum)
        return Computation(
            rule: self, originalMinor: original.minor, fixedMinor: fixed.minor, shareMinor: part, netMinor: net,
            isCapped: net < sum, taxMinor: try tax.of(net))
    }
}

extension NoticeFee {
    private enum CodingKeys: String, CodingKey { case fixed, share, cap, tax, source }

    /// Versions that were stored before a fee had other parts are a plain amount.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let fixed = try container.decodeIfPresent(Money.self, forKey: .fixed) else {
            self.init(try Money(from: decoder))
            return
        }
        self.init(
            fixed, share: try container.decode(Percent.self, forKey: .share),
            cap: try container.decodeIfPresent(Money.self, forKey: .cap),
            tax: try container.decode(Percent.self, forKey: .tax),
            source: try container.decode(String.self, forKey: .source))
    }
}

extension Percent {
    /// So many percent of an amount, rounded half up.
    package func of(_ minor: Int) throws(Problem) -> Int {
        try ExactMinor(self, of: minor, times: .whole).rounded
    }
}
