package import Domain
package import Foundation
package import Postgres
package enum DirectoryStore { package static func load(asOf: Date, in db: isolated Connection) throws -> Directory { fatalError() } }
package enum ConfigurationStore { package static func current(in db: isolated Connection) throws -> (version: Int, company: Company)? { nil } }
