/// How many days' sales lie in what is owed (DSO).
///
/// Sales are what was billed, invoices and charges less credit notes; receivables are the ledger.
package enum DaysSalesOutstanding {
    /// A month, or the part of it that is over, and what was billed in it.
    package struct Month: Sendable, Hashable {
        package var days: Int
        package var billedMinor: Int

        package init(days: Int, billedMinor: Int) {
            self.days = days
            self.billedMinor = billedMinor
        }
    }

    /// Receivables ÷ sales × days: the Credit Research Foundation's "standard" DSO.
    ///
    /// - Returns: nil when nothing was sold in these days.
    package static func simple(receivablesMinor: Int, billedMinor: Int, days: Int) -> Ratio? {
        guard billedMinor > 0 else { return nil }
        return Ratio(Int128(receivablesMinor) * Int128(days), over: Int128(billedMinor))
    }

    /// The countback (exhaustion) method: the sales of each month, the latest first, are taken off the receivables as long as
    /// they fit in, each for all of its days; the month in which they no longer do counts in proportion.
    ///
    /// - Parameter months: the latest first
    /// - Returns: nil when there are more receivables than all sales; zero when nothing is owed.
    package static func countback(receivablesMinor: Int, months: [Month]) -> Ratio? {
        var (left, days) = (Int128(receivablesMinor), Int128(0))
        for month in months {
            guard left > 0 else { break }
            let billed = Int128(month.billedMinor)
            if billed > left { return Ratio(days * billed + left * Int128(month.days), over: billed) }
            left -= billed
            days += Int128(month.days)
        }
        return left > 0 ? nil : Ratio(days, over: 1)
    }
}
