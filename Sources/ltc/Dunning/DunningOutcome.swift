import ArgumentParser
import Automation
import Domain
import Postgres

struct DunningConfirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "A letter was posted, or a task is done: its levels are reached. Or it came back: they are not.")

    @OptionGroup var outcome: OutcomeOptions

    @Option(help: "The day on which it went out, with what it said when it was in hand; otherwise today.")
    var on: CalendarDate?

    @Flag(help: "It came back: the next channel of its level is tried.")
    var returned = false

    func run() async throws {
        try await outcome.decide("confirm") { [on, returned] notices, when, db in
            guard returned else { return try DunningDesk.confirm(notices, on: on, actor: actor(), asOf: when, in: db) }
            let now = try DunningDesk.instant(when, of: notices, in: db)
            return try DunningDesk.returned(notices, reason: "returned", actor: actor(), at: now, in: db)
        }
    }
}

struct DunningReverse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverse", abstract: "A notice was wrong: what it reached is taken back.")

    @OptionGroup var outcome: OutcomeOptions

    @Option(help: "Why, as a short code such as wrong_customer.")
    var reason: String

    func run() async throws {
        try await outcome.decide("reverse") { [reason] notices, when, db in
            let now = try DunningDesk.instant(when, of: notices, in: db)
            return try DunningDesk.reverse(notices, reason: reason, actor: actor(), at: now, in: db)
        }
    }
}

/// Notices by name, and how to decide about them.
struct OutcomeOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "Ids or legal numbers.")
    var notices: [String]

    @Flag(help: "Do everything, show it, and roll it back.")
    var dryRun = false

    func decide(
        _ verb: String,
        _ body: @Sendable ([Int], AsOf, isolated Connection) throws -> [DunInvoicesReport.Notice]
    ) async throws {
        let (keys, when, isPreview) = (notices, asOf.value, dryRun)
        let decided = try await database.withPool { pool in
            try await pool.transaction(.init(rollsBack: isPreview)) { db in
                try body(DunningDesk.find(keys, in: db), when, db)
            }
        }
        try decisions("dunning.\(verb)", decided).print(as: format)
    }
}
