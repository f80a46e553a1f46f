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

    @Option(help: "The run; otherwise the latest that has a package.")
    var run: Int?

    @Option(help: "Instead of a run's files, what a lawyer needs of this notice (its id or number), which goes to one.")
    var legal: String?

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

    func validate() throws {
        if legal != nil, run != nil || team.team != nil {
            throw ValidationError("--legal names a notice: --run and --team say nothing beside it")
        }
    }

    func run() async throws {
        let folder = DropFolder(URL(filePath: into))
        let (package, place) = try await database.withPool { [run, legal, team = team.team] pool in
            let package: RunPackage
            if let legal {
                package = try await .legal(legal, pool: pool)
            } else {
                package = try await .make(of: run, team: team, pool: pool)
            }
            do {
                let name = legal.map { "legal-\($0)" } ?? "run-\(package.run)"
                return (package, try await package.put(as: name, into: folder, from: pool))
            } catch let error as DropFolderError {
                throw Problem(
                    .refused, "not_written", "\(error)", advice: "choose a folder that may be written with --into")
            }
        }
        for failure in package.failures {
            say("no letter for notice \(failure.notice): \(failure.mistake)")
        }
        let body = Body(
            run: package.run, folder: place.path,
            files: package.files.map {
                .init(name: $0.name, mediaType: $0.mediaType, sha256: $0.sha256, bytes: $0.bytes)
            })
        try Answer("dunning.package", body) {
            body.files.map { "\(body.folder)/\($0.name)" }.joined(separator: "\n")
        }.print(as: format)
    }
}
