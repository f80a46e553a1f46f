import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the company's description into force: teams, members, calendars, rules, schedules.",
        discussion: """
            Several files are read as one. Every mistake is told with its line and column, and then nothing is applied.
            What a file no longer names is ended, never deleted; what came from an import stays as it is.
            """)

    @Argument(help: ArgumentHelp("YAML, such as config/company.yaml.", valueName: "file"))
    var files: [String]

    @Flag(help: "Show what would change; change nothing.")
    var dryRun = false

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    private struct Body: Encodable {
        let dryRun: Bool
        let version: Int
        let changes: [ConfigurationChange]
        let mended: Int
    }

    func run() async throws {
        let texts = try files.map { (path: $0, text: try InputFile.text($0)) }
        let asOf = asOf.instant
        let options = TransactionOptions(rollsBack: dryRun, lockTimeout: dryRun ? .seconds(5) : nil)
        let report = try await database.withPool { pool in
            try await pool.transaction(options) { db in
                let company = try CompanyFile.read(texts, known: try ApplyConfiguration.known(in: db))
                return try ApplyConfiguration.apply(company, actor: ltc.actor(), asOf: asOf, in: db)
            }
        }
        let body = Body(dryRun: dryRun, version: report.version, changes: report.changes, mended: report.mended)
        try Answer("apply", body) { report.changes.map { "\($0)\n" }.joined() }.print(as: format)
        if !format.json { say(conclusion(report)) }
    }

    private func conclusion(_ report: ApplyConfiguration.Report) -> String {
        guard report.isChanged else { return "nothing changed: version \(report.version) is in force" }
        if dryRun { return "dry run: nothing was applied" }
        guard report.changes.isEmpty else { return "version \(report.version) is in force" }
        return "version \(report.version) is in force again: \(report.mended) rows had been changed since"
    }
}
