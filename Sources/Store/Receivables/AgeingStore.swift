package import Domain
package import Foundation
package import Postgres

package enum AgeingStore {
    /// What is owed on a day, by currency: from the facts that were effective by then, those recorded late included,
    /// unless `known` asks for what was known at an instant.
    package static func ageing(
        team: Int?, on day: CalendarDate, knownAt known: Date? = nil, in db: isolated Connection
    ) throws -> [Ageing] {
        var byCurrency: [Currency: Ageing] = [:]
        for row in try db.run(AgeingSQL.OpenByDue(team: team, day: day, known: known)) {
            let currency = try Currency(stored: row.currency)
            byCurrency[currency, default: Ageing(currency: currency)]
                .add(openMinor: row.openMinor, items: row.items, dueOn: row.dueOn, on: day)
        }
        for row in try db.run(AgeingSQL.Unallocated(team: team, day: day, known: known)) {
            let currency = try Currency(stored: row.currency)
            byCurrency[currency, default: Ageing(currency: currency)].unallocatedMinor = row.minor
        }
        return byCurrency.values.sorted { $0.currency.code < $1.currency.code }
    }
}
