package import Domain
package import Foundation
package import Postgres

/// The reference rates that were imported.
package enum RateStore {
    /// - Parameter known: asks for those that were known then; nil is now
    /// - Throws: a `Problem` when the rates contradict each other, which an import keeps out.
    package static func table(knownAt known: Date? = nil, in db: isolated Connection) throws -> RateTable {
        try RateTable(
            try db.run(RatesSQL.All(known: known)).map { row in
                guard let percent = Percent(row.percent) else {
                    throw Problem(.defect, "bad_rate", "'\(row.percent)' is stored as a rate, and is none")
                }
                return ReferenceRate(
                    code: row.code, validFrom: row.validFrom, validThrough: row.validThrough, percent: percent,
                    source: row.source, publishedOn: row.publishedOn)
            })
    }
}
