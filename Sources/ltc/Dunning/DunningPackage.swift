import ArgumentParser
import Automation
import Delivery
import Domain
import Foundation
import Postgres
import Store

struct DunningPackage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Write a run's kept files into a folder: the same bytes every time, with their hashes.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions

    @Option(help: "The run; otherwise the latest that left files.")
    var run: Int?

    @Option(help: "The folder in which the package's folder is put.", completion: .directory)
    var into: String = "."

    private struct Body: Encodable {
        struct File: Encodable {
            let name, mediaType, sha256: String
            let bytes: Int
        }
        let run: Int
        let folder: String
        let files: [File]
    }

    func run() async throws {
        let (query, folder) = (LettersSQL.Package(run: run, team: team.team), DropFolder(URL(filePath: into)))
        let (body, failures) = try await database.withPool { [run, team = team.team] pool in
            let failures = try await LetterPress.printRest(of: run, team: team, pool: pool)
            let body = try await pool.transaction { db in
                try RegisterPress.makeWorkbooks(of: run, team: team, in: db)
                return try Self.put(db.run(query), into: folder, in: db)
            }
            return (body, failures)
        }
        for failure in failures {
            say("no letter for notice \(failure.notice): \(failure.mistake)")
        }
        try Answer("dunning.package", body) {
            body.files.map { "\(body.folder)/\($0.name)" }.joined(separator: "\n")
        }.print(as: format)
    }

    private static func put(
        _ rows: [LettersSQL.Package.Row], into folder: DropFolder, in db: isolated Connection
    ) throws -> Body {
        guard let first = rows.first else {
            throw Problem(.refused, "no_package", "no run left any files", advice: "ltc run dun-invoices")
        }
        do {
            let place = try folder.put("run-\(first.run)", rows.map { .init(name: $0.name, sha256: $0.sha256) }) {
                place in
                try db.one(LettersSQL.Content(artefact: rows[place].id)).content
            }
            return Body(
                run: first.run, folder: place.path,
                files: rows.map { .init(name: $0.name, mediaType: $0.mediaType, sha256: $0.sha256, bytes: $0.bytes) })
        } catch let error as DropFolderError {
            throw Problem(
                .refused, "not_written", "\(error)", advice: "choose a folder that may be written with --into")
        }
    }
}
