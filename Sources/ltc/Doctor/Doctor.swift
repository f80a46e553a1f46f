import ArgumentParser
import Domain
import Foundation
import Logging
import Postgres
import Store

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at everything an operator would, and say how to mend it. Exit 1 when something is wrong.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    private struct Body: Encodable {
        let isFine: Bool
        let findings: [Finding]
    }

    func run() async throws {
        let connection = try await Connection.open(database.settings, logger: Logger(label: "ltc"))
        let findings: [Finding]
        do {
            findings = try await look(connection)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
        let isFine = findings.allSatisfy(\.isFine)
        try Answer("doctor", Body(isFine: isFine, findings: findings)) {
            findings.map { finding in
                "\(finding.isFine ? "✓" : "✗") \(finding.what)\n" + (finding.advice.map { "    → \($0)\n" } ?? "")
            }.joined()
        }.print(as: format)
        if !isFine { throw ExitCode(1) }
    }

    /// The server first, then the schema, then what stands in it: what is below must hold for what is above.
    private func look(_ connection: Connection) async throws -> [Finding] {
        let program = Date()
        var findings = try await connection.transaction(.init(readOnly: true)) { db in
            try Checkup.server(programClock: program, in: db)
        }
        var settings = database.settings
        settings.preparesStatements = true
        findings.append(Checkup.pooler(try await settings.pooling(logger: Logger(label: "ltc"))))
        let state = try await Migrator(connection).state()
        if let problem = state.problem {
            return findings + [.wrong(problem.code, problem.what, advice: problem.advice ?? "ltc migrate")]
        }
        if case .current(let version) = state {
            findings.append(.fine("schema", "schema version \(version), unchanged"))
        }
        return findings
            + (try await connection.transaction(.init(readOnly: true)) { db in
                try Checkup.house(asOf: program, in: db)
            })
    }
}
