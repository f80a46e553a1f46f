/// How much of what could be collected in some time was collected (CEI, after the Credit Research Foundation).
///
/// All four come from the ledger, in minor units of one currency. Money that is not allocated yet lessens what is current, so
/// that the index is 100 exactly when nothing is overdue at the end, and never more.
package struct CollectionEffectiveness: Sendable, Hashable {
    package var beginningMinor: Int
    /// Invoices and charges less credit notes.
    package var billedMinor: Int
    package var endingMinor: Int
    /// What of the ending is not overdue.
    package var endingCurrentMinor: Int

    package init(beginningMinor: Int, billedMinor: Int, endingMinor: Int, endingCurrentMinor: Int) {
        self.beginningMinor = beginningMinor
        self.billedMinor = billedMinor
        self.endingMinor = endingMinor
        self.endingCurrentMinor = endingCurrentMinor
    }

    package var collectedMinor: Int { beginningMinor + billedMinor - endingMinor }
    package var collectableMinor: Int { beginningMinor + billedMinor - endingCurrentMinor }

    /// In percent; nil when there was nothing to collect.
    package var index: Ratio? {
        collectableMinor > 0 ? Ratio(100 * Int128(collectedMinor), over: Int128(collectableMinor)) : nil
    }
}
