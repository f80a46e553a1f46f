import ArgumentParser
import Automation
import Domain
import Foundation
import Logging
import Postgres
import Store

/// Where the database is: for every command.
struct DatabaseOptions: ParsableArguments {
    @Option(help: "libpq connection string or URI; otherwise the usual libpq environment, service file and .pgpass.")
    var database: String = ""

    /// A command says few things twice: without prepared statements it goes through any pooler, and needs not be told of it.
    var settings: ConnectionSettings {
        ConnectionSettings(database, applicationName: "ltc", preparesStatements: false)
    }

    /// Opens a pool on a database whose schema fits this program, and closes it afterwards.
    ///
    /// - Throws: a `Problem` that names the mending command when the schema does not fit.
    func withPool<Result: Sendable>(_ body: (Pool) async throws -> Result) async throws -> Result {
        let pool = Pool(settings, limit: 4, logger: Logger(label: "ltc"))
        let result: Swift.Result<Result, any Error>
        do {
            if let problem = try await pool.withConnection({ try await Migrator($0).state() }).problem { throw problem }
            result = .success(try await body(pool))
        } catch {
            result = .failure(error)
        }
        await pool.close()
        return try result.get()
    }
}

/// How the answer is written.
struct FormatOptions: ParsableArguments {
    @Flag(help: "Print a versioned JSON document.")
    var json = false

    @Flag(help: "Print the table as CSV.")
    var csv = false

    func validate() throws {
        if json, csv { throw ValidationError("--json and --csv exclude each other") }
    }
}

/// Whose rows: for commands about one team's work.
struct TeamOptions: ParsableArguments {
    @Option(help: "Only this team's (its code).")
    var team: String?
}

/// The business time of a command.
struct AsOfOptions: ParsableArguments {
    @Option(help: "Business time: a date (all of that day) or an instant such as 2026-03-02T09:00:00Z; otherwise now.")
    var asOf: WhenArgument?

    var value: AsOf { asOf?.value ?? .instant(Date()) }

    /// For facts of their day, which are none of a day to come: a year that is mistyped.
    func past() throws -> AsOf {
        // Where the day begins first.
        let zone = "Etc/GMT-14"
        guard value.day(in: zone) <= AsOf.instant(Date()).day(in: zone) else {
            throw Problem(
                .usage, "day_to_come", "\(value.day(in: zone)) is a day to come", place: "--as-of",
                advice: "name the day on which it happened; --dry-run looks ahead")
        }
        return value
    }
}

/// `2026-03-02`, or RFC 3339 with a zone.
struct WhenArgument: ExpressibleByArgument {
    let value: AsOf

    init?(argument: String) {
        if let day = CalendarDate(argument) {
            value = .day(day)
        } else if let instant = try? Date(argument, strategy: .iso8601) {
            value = .instant(instant)
        } else {
            return nil
        }
    }
}

/// Who acts, as far as the operating system knows.
func actor() -> String { ProcessInfo.processInfo.userName }
