import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres
import Store

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the configuration in force as YAML; `ltc apply` of it changes nothing.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    private struct Body: Encodable {
        let version: Int
        let configuration: String
    }

    func run() async throws {
        let current = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { db in try ConfigurationStore.current(in: db) }
        }
        guard let current else {
            throw Problem(
                .refused, "no_configuration", "the company is not described yet",
                advice: "ltc apply config/company.yaml")
        }
        let text = try CompanyText.yaml(of: current.company)
        try Answer("export", Body(version: current.version, configuration: text)) { text }.print(as: format)
    }
}
