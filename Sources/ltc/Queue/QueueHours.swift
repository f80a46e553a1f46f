import ArgumentParser
import Domain
import Jobs
import Postgres

struct QueueHours: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hours",
        abstract: "Start jobs of a queue, a kind or a team only in these hours; what runs goes on.",
        discussion: "ltc queue hours --kind deliver-message --zone Europe/Berlin --open mon-fri=08:00-12:00,13:00-20:00"
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var scope: ScopeOptions

    @Option(help: "An IANA time zone, by whose clock the hours are.")
    var zone: String?

    @Option(help: "Hours of a weekday or of several, such as mon-fri=08:00-20:00. May be repeated.")
    var open: [String] = []

    @Option(help: "A calendar of the company, on whose free days nothing starts.")
    var calendar: String?

    @Flag(help: "At any time again.")
    var none = false

    func validate() throws {
        if none == (zone != nil || !open.isEmpty) { throw ValidationError("give --zone and --open, or --none") }
        if !none { _ = try hours }
    }

    private var hours: OpenHours {
        get throws {
            guard let zone, !open.isEmpty else { throw ValidationError("--zone and --open go together") }
            var hours: [String: [String]] = [:]
            for text in open {
                let parts = text.split(separator: "=")
                guard parts.count == 2 else { throw ValidationError("--open '\(text)': expected mon-fri=08:00-20:00") }
                hours[String(parts[0]), default: []] += parts[1].split(separator: ",").map(String.init)
            }
            do {
                return try OpenHours(zone: zone, hours: hours)
            } catch {
                throw ValidationError("\(error)")
            }
        }
    }

    func run() async throws {
        let hours = none ? nil : try hours
        try await database.withPool { pool in
            try await pool.transaction { db in
                do {
                    try JobControls.open(scope.scope(in: db), in: hours, calendar: calendar, by: actor(), in: db)
                } catch let refusal as Refusal {
                    throw Problem(
                        .refused, "unknown_calendar", refusal.reason, advice: "ltc export names the calendars")
                }
            }
        }
        try Answer("queue.hours", ScopeChanged(scope: scope.words)) {
            "\(scope.words): " + (none ? "at any time" : "only in these hours")
        }
        .print(as: format)
    }
}
