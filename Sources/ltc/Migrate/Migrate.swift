import ArgumentParser
import Domain
import Logging
import Postgres
import Store

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database's schema to this program's version.",
        discussion: "Programs that migrate at the same moment queue for each other; nothing is applied twice.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Flag(help: "Make the database roles first. Needs CREATEROLE and the ownership of the database; re-runnable.")
    var bootstrap = false

    @Flag(help: "Only say how the schema stands; exit 1 when this program could not work on it.")
    var check = false

    private struct Body: Encodable {
        let applied: [String]
        let version: Int?
        let problem: String?
    }

    func run() async throws {
        let connection = try await Connection.open(database.settings, logger: Logger(label: "ltc"))
        let migrator = try Migrator(connection)
        if bootstrap, !check { try await migrator.bootstrap() }
        let applied = check ? [] : try await migrator.migrate()
        let state = try await migrator.state()
        await connection.close()
        let version: Int? =
            switch state {
            case .current(let version), .behind(let version, _), .ahead(let version), .tooNew(let version, _): version
            case .empty, .changed: nil
            }
        try Answer("migrate", Body(applied: applied, version: version, problem: state.problem?.what)) {
            let done = applied.map { "applied \($0)\n" }.joined()
            return done + (state.problem == nil ? "the schema is at version \(version ?? 0)" : "")
        }.print(as: format)
        if let problem = state.problem { throw problem }
    }
}
