package import Domain
package import Foundation
package import Postgres

package enum AgeingStore {
    /// How a report on a team, or on all, ages by the configuration in force.
    package static func buckets(team code: String?, in db: isolated Connection) throws -> AgeingBuckets {
        try ConfigurationStore.current(in: db)?.company.ageingBuckets(team: code) ?? .standard
    }

    /// What is owed on a day, by currency: from the facts that were effective by then, those recorded late included,
    /// unless `known` asks for what was known at an instant.
    package static func ageing(
        team: Int?, on day: CalendarDate, knownAt known: Date? = nil, buckets: AgeingBuckets = .standard,
        in db: isolated Connection
    ) throws -> [Ageing] {
        try ageing(ReportScope(team: team, day: day, known: known), buckets: buckets, in: db)
    }

    package static func ageing(
        _ scope: ReportScope, buckets: AgeingBuckets = .standard, in db: isolated Connection
    ) throws -> [Ageing] {
        var found: [Ageing] = []
        try stream(scope, per: .currency, buckets: buckets, in: db) { _, ageing in found.append(ageing) }
        return found
    }

    /// Hands over one group after another, in flat memory: sorted by code or number, then by currency.
    package static func stream(
        _ scope: ReportScope, per grouping: ReportGrouping, by basis: AgeingBasis = .due,
        buckets: AgeingBuckets = .standard,
        in db: isolated Connection, _ body: (ReportGroup, Ageing) throws -> Void
    ) throws {
        var current: (group: ReportGroup, ageing: Ageing)?
        let query = AgeingSQL.Ageing(
            per: grouping.rawValue, byIssue: basis == .issued, bounds: buckets.firstDays, team: scope.team,
            customer: scope.customer, day: scope.day, known: scope.known)
        try db.stream(query) { rows in
            for row in rows {
                let group = ReportGroup(
                    customerID: row.customerId, customer: row.customer, customerName: row.customerName,
                    creditor: row.creditor, team: row.team)
                if let done = current, done.group != group || done.ageing.currency.code != row.currency {
                    try body(done.group, done.ageing)
                    current = nil
                }
                var ageing = try current?.ageing ?? Ageing(currency: Currency(stored: row.currency), in: buckets)
                if let bucket = row.bucket {
                    ageing.add(openMinor: row.minor, items: row.items, to: bucket)
                } else {
                    ageing.unallocatedMinor = row.minor
                }
                current = (group, ageing)
            }
        }
        if let done = current { try body(done.group, done.ageing) }
    }
}
