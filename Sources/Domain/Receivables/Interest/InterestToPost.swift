/// The interest that a notice posts: what has accrued since the due date, rounded, less what was posted before.
///
/// Differences of rounded cumulative sums: the postings add up to the cumulative interest, whatever the days between
/// them. A posting is never negative. When the cumulative interest has shrunk below what was posted (a payment was
/// recorded late with an earlier day, a rate was corrected), nothing is posted, the excess is shown, and a person
/// decides to reverse an earlier posting; until then it is set off against what accrues next.
package struct InterestToPost: Sendable, Hashable {
    /// To post now.
    package let minor: Int
    /// Posted before and no longer owed.
    package let excessMinor: Int

    package init(cumulativeMinor: Int, postedMinor: Int) {
        precondition(cumulativeMinor >= 0 && postedMinor >= 0)
        minor = max(0, cumulativeMinor - postedMinor)
        excessMinor = max(0, postedMinor - cumulativeMinor)
    }
}
