package import Domain
package import Foundation
package import Postgres

package enum ConfigurationStore {
    /// The version in force; nil before the first `ltc apply`.
    package static func current(in db: isolated Connection) throws -> (version: Int, company: Company)? {
        guard let row = try db.first(ConfigurationSQL.CurrentVersion()) else { return nil }
        return (row.id, try company(row.document, version: row.id))
    }

    /// The version that was in force at an instant; nil before the first.
    package static func company(at known: Date, in db: isolated Connection) throws -> Company? {
        guard let row = try db.first(ConfigurationSQL.VersionAt(at: known)) else { return nil }
        return try company(row.document, version: row.id)
    }

    private static func company(_ document: String, version: Int) throws -> Company {
        do {
            return try JSONDecoder().decode(Company.self, from: Data(document.utf8))
        } catch {
            throw Problem(
                .refused, "unreadable_configuration", "configuration version \(version) cannot be read: \(error)",
                advice: "apply the company's file again: `ltc apply FILE`")
        }
    }
}
