import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres
import Store

struct ReconciliationCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract:
            "Ask about the balances at the end of a month, and print the letters; once, unless a balance has changed.",
        discussion: """
            Every account with an open item, or that moved in the month, gets a letter in its customer's language. Run again, it \
            asks about nothing twice; where a fact was recorded late, the next revision asks about the balance as it is known now.
            """)

    @OptionGroup var options: ReconciliationOptions

    @Option(help: "Also write all letters of the month into a folder there.", completion: .directory)
    var into: String?

    @Flag(help: "Do everything but printing, show it, and roll it back.")
    var dryRun = false

    private struct Body: Encodable {
        let month: String
        let created: Int
        let folder: String?
        let unprinted: [String: String]
    }

    func run() async throws {
        let (options, into, dryRun) = (options, into, dryRun)
        let body = try await options.database.withPool { pool in
            let (selection, created) = try await pool.transaction(.init(rollsBack: dryRun)) { db in
                let (selection, today) = try options.resolve(in: db)
                return (selection, try ReconciliationDesk.create(selection, today: today, actor: actor(), in: db).count)
            }
            let failures = dryRun ? [] : try await ReconciliationPress.printRest(selection, pool: pool)
            var folder: String?
            if let into, !dryRun {
                folder = try await pool.transaction { db in try options.put(selection, into: into, in: db).folder.path }
            }
            return Body(
                month: "\(selection.month)", created: created, folder: folder,
                unprinted: Dictionary(uniqueKeysWithValues: failures.map { ($0.number, "\($0.mistake)") }))
        }
        for (number, mistake) in body.unprinted.sorted(by: { $0.key < $1.key }) {
            say("no letter \(number): \(mistake)")
        }
        try Answer("reconciliation.create", body) {
            "\(body.created) letters about balances at the end of \(body.month)"
                + (body.folder.map { "\n\($0)" } ?? "")
        }.print(as: options.format)
    }
}

struct ReconciliationPackage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Write a month's printed letters into a folder: the same bytes every time, with their hashes.")

    @OptionGroup var options: ReconciliationOptions

    @Option(help: "The folder in which the package's folder is put.", completion: .directory)
    var into = "."

    private struct Body: Encodable {
        struct File: Encodable {
            let name, sha256: String
            let bytes: Int
        }
        let month, folder: String
        let files: [File]
    }

    func run() async throws {
        let (options, into) = (options, into)
        let body = try await options.database.withPool { pool in
            try await pool.transaction { db in
                let (selection, _) = try options.resolve(in: db)
                let package = try options.put(selection, into: into, in: db)
                return Body(
                    month: "\(selection.month)", folder: package.folder.path,
                    files: package.files.map { .init(name: "\($0.number).pdf", sha256: $0.sha256, bytes: $0.bytes) })
            }
        }
        try Answer("reconciliation.package", body) {
            body.files.map { "\(body.folder)/\($0.name)" }.joined(separator: "\n")
        }.print(as: options.format)
    }
}
