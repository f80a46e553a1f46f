/// How long ago an invoice was due.
package enum AgeingBucket: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    case notDue = "not_due"
    case upTo30 = "1-30"
    case upTo60 = "31-60"
    case upTo90 = "61-90"
    case over90 = "over_90"

    /// The first day of each bucket but the first one.
    package static let firstDays = [1, 31, 61, 91]

    package init(daysOverdue days: Int) {
        self = Self.allCases[Self.firstDays.count { $0 <= days }]
    }
}

/// From which day the age of what is overdue counts; what is not yet due is in a bucket of its own either way.
package enum AgeingBasis: String, Codable, Sendable, CaseIterable { case due, issued }

/// What is owed in one currency on a day, by age.
///
/// The sum of the buckets less what is unallocated is the ledger, to the minor unit.
package struct Ageing: Sendable, Hashable {
    package let currency: Currency
    package private(set) var buckets: [AgeingBucket: Int]
    /// Receipts not allocated and credit notes not set off, in minor units.
    package var unallocatedMinor = 0
    package private(set) var items = 0

    package init(currency: Currency) {
        self.currency = currency
        self.buckets = Dictionary(uniqueKeysWithValues: AgeingBucket.allCases.map { ($0, 0) })
    }

    package mutating func add(openMinor: Int, items count: Int = 1, dueOn: CalendarDate, on day: CalendarDate) {
        add(openMinor: openMinor, items: count, to: AgeingBucket(daysOverdue: day.days(since: dueOn)))
    }

    package mutating func add(openMinor: Int, items count: Int, to bucket: AgeingBucket) {
        buckets[bucket, default: 0] += openMinor
        items += count
    }

    package var owedMinor: Int { buckets.values.reduce(0, +) }
    package var overdueMinor: Int { owedMinor - buckets[.notDue]! }
    package var ledgerMinor: Int { owedMinor - unallocatedMinor }
}
