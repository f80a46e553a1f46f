import ArgumentParser
import Domain
import Foundation
import Postgres

/// How a command that failed says so: words on stderr, and an exit code.
struct Failure {
    private let words: String
    private let code: Int32

    init(_ error: any Error) {
        switch error {
        case let problem as Problem:
            (words, code) = ("ltc: \(problem)", problem.kind.rawValue)
        case let problems as Problems:
            words = problems.all.map { "ltc: \($0)" }.joined(separator: "\n")
            code = problems.all[0].kind.rawValue
        case let error as DatabaseError where error.kind == .unreachable || error.kind == .connectionLost:
            let problem = Problem(
                .databaseUnreachable, "database_unreachable", error.description,
                advice: "check PGHOST, PGPORT, PGDATABASE or --database, and that the server runs: ltc doctor")
            (words, code) = ("ltc: \(problem)", problem.kind.rawValue)
        case let error as DatabaseError:
            (words, code) = ("ltc: the database refused: \(error)", error.sqlState == "42501" ? 1 : 70)
        case let exit as ExitCode:
            (words, code) = ("", exit.rawValue)
        default:
            let parsed = Ltc.exitCode(for: error)
            (words, code) = (Ltc.fullMessage(for: error), parsed == .validationFailure ? 2 : parsed.rawValue)
        }
    }

    /// Help that was asked for goes to stdout, everything else to stderr.
    func tell() -> Int32 {
        if !words.isEmpty {
            (code == 0 ? FileHandle.standardOutput : .standardError).write(Data("\(words)\n".utf8))
        }
        return code
    }
}
