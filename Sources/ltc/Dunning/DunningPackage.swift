import ArgumentParser
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
        let query = DunningSQL.ArtefactsOf(run: run, team: team.team)
        let rows = try await database.ask { db in try db.run(query) }
        guard let first = rows.first else {
            throw Problem(.refused, "no_package", "no run left any files", advice: "ltc run dun-invoices")
        }
        let place: URL
        do {
            place = try DropFolder(URL(filePath: into)).put(
                "run-\(first.run)", rows.map { .init(name: $0.name, bytes: $0.content) })
        } catch {
            throw Problem(
                .refused, "not_written", "\(error)", advice: "choose a folder that may be written with --into")
        }
        let body = Body(
            run: first.run, folder: place.path,
            files: rows.map {
                .init(name: $0.name, mediaType: $0.mediaType, sha256: $0.sha256, bytes: $0.content.count)
            })
        try Answer("dunning.package", body) {
            rows.map { place.appending(path: $0.name).path }.joined(separator: "\n")
        }.print(as: format)
    }
}
