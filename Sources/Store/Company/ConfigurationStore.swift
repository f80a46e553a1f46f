package import Domain
import Foundation
package import Postgres

package enum ConfigurationStore {
    /// The version in force; nil before the first `ltc apply`.
    package static func current(in db: isolated Connection) throws -> (version: Int, company: Company)? {
        guard let row = try db.first(ConfigurationSQL.CurrentVersion()) else { return nil }
        do {
            return (row.id, try JSONDecoder().decode(Company.self, from: Data(row.document.utf8)))
        } catch {
            throw Problem(
                .refused, "unreadable_configuration", "configuration version \(row.id) cannot be read: \(error)",
                advice: "apply the company's file again: `ltc apply FILE`")
        }
    }
}
