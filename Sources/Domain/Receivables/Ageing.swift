/// Into which ranges of days the age of what is owed is put: what is not yet due, then range by range, the last one open.
package struct AgeingBuckets: Sendable, Hashable {
    /// The last day overdue of each range but the open one, rising.
    package let lastDays: [Int]

    package static let standard = AgeingBuckets(lastDays: [30, 60, 90])

    /// - Parameter lastDays: above zero, each above the one before.
    package init(lastDays: [Int]) {
        self.lastDays = lastDays
    }

    /// The first day overdue of each bucket but the first one.
    package var firstDays: [Int] { [1] + lastDays.map { $0 + 1 } }

    package var count: Int { lastDays.count + 2 }

    /// The ranges between the first bucket and the last: `1-30`.
    package var ranges: [String] { zip(firstDays, lastDays).map { "\($0)-\($1)" } }

    /// `not_due`, `1-30`, …, `over_90`.
    package var names: [String] { ["not_due"] + ranges + ["over_\(lastDays.last ?? 0)"] }

    /// The place of what was due so many days ago.
    package func place(daysOverdue days: Int) -> Int { firstDays.count { $0 <= days } }
}

/// From which day the age of what is overdue counts; what is not yet due is in a bucket of its own either way.
package enum AgeingBasis: String, Codable, Sendable, CaseIterable { case due, issued }

/// What is owed in one currency on a day, by age.
///
/// The sum of the buckets less what is unallocated is the ledger, to the minor unit.
package struct Ageing: Sendable, Hashable {
    package let currency: Currency
    package let buckets: AgeingBuckets
    /// In minor units, bucket by bucket.
    package private(set) var minors: [Int]
    /// Receipts not allocated and credit notes not set off, in minor units.
    package var unallocatedMinor = 0
    package private(set) var items = 0

    package init(currency: Currency, in buckets: AgeingBuckets = .standard) {
        self.currency = currency
        self.buckets = buckets
        minors = Array(repeating: 0, count: buckets.count)
    }

    package mutating func add(openMinor: Int, items count: Int = 1, dueOn: CalendarDate, on day: CalendarDate) {
        add(openMinor: openMinor, items: count, to: buckets.place(daysOverdue: day.days(since: dueOn)))
    }

    package mutating func add(openMinor: Int, items count: Int, to bucket: Int) {
        minors[bucket] += openMinor
        items += count
    }

    package var owedMinor: Int { minors.reduce(0, +) }
    package var overdueMinor: Int { owedMinor - minors[0] }
    package var ledgerMinor: Int { owedMinor - unallocatedMinor }
}
