import ArgumentParser
import Automation
import Domain
import Foundation
import Logging
import Metrics
import Postgres
import Store

/// The daemon: assigns leads, reminds, warns before contracts end, duns, and sends what that came to.
@main
struct Ltcd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ltcd", abstract: "Lead to cash, run by the clock.",
        discussion:
            "Settings come from a YAML file and from LTC_… variables; see config/ltcd.yaml. SIGTERM ends it cleanly.")

    @Option(help: "The settings, a YAML file; otherwise $LTC_CONFIG, otherwise the environment alone.")
    var config: String?

    @Option(
        help: "Business time stands still here: a date (all of that day) or an instant such as 2026-03-02T09:00:00Z.",
        transform: When.init)
    var asOf: When?

    @Flag(
        help:
            "Run each automation once (letters of reconciliation aside), work until nothing is due, and end: retries wait."
    )
    var untilIdle = false

    @Flag(help: "Check the settings and the database, and end.")
    var check = false

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let settings = try await Settings.load(file: config ?? environment["LTC_CONFIG"], environment: environment)
        let (level, format) = (settings.logLevel, settings.logFormat)
        LoggingSystem.bootstrap { StderrLog(label: $0, format: format, level: level) }
        let exposition = Exposition()
        MetricsSystem.bootstrap(exposition)
        let daemon = Daemon(
            settings: settings, environment: environment, asOf: asOf?.value, exposition: exposition,
            logger: Logger(label: "ltcd"))
        if check {
            try await daemon.check()
        } else {
            try await daemon.run(untilIdle: untilIdle)
        }
    }

    /// Errors are told in our words and with the interface's exit codes.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let problem as Problem {
            end("\(problem)", problem.kind.rawValue)
        } catch let error as DatabaseError where error.kind == .unreachable || error.kind == .timeout {
            end("\(error)", Problem.Kind.databaseUnreachable.rawValue)
        } catch  where exitCode(for: error) == .validationFailure {
            end(fullMessage(for: error), Problem.Kind.usage.rawValue)
        } catch  where exitCode(for: error) == .success || error is ExitCode {
            // Help that was asked for.
            exit(withError: error)
        } catch {
            end("\(error)", Problem.Kind.defect.rawValue)
        }
    }

    private static func end(_ words: String, _ code: Int32) -> Never {
        FileHandle.standardError.write(Data("ltcd: \(words)\n".utf8))
        Foundation.exit(code)
    }
}

/// `2026-03-02`, or RFC 3339 with a zone.
struct When: Sendable {
    let value: AsOf

    init(_ text: String) throws {
        if let day = CalendarDate(text) {
            value = .day(day)
        } else {
            do {
                value = .instant(try Date(text, strategy: .iso8601))
            } catch {
                throw ValidationError("'\(text)' is neither a date nor an instant such as 2026-03-02T09:00:00Z")
            }
        }
    }
}
