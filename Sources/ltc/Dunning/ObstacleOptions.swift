import ArgumentParser
import Automation
import Domain
import Postgres

/// Of whom or what a hold speaks.
struct SubjectOptions: ParsableArguments {
    @Argument(help: "An invoice's number.")
    var invoice: String?

    @Option(help: "All that this customer owes (its number).")
    var customer: String?

    func validate() throws {
        if (invoice == nil) == (customer == nil) { throw ValidationError("name an invoice, or say --customer") }
    }

    var value: DunningObstacleDesk.Subject {
        customer.map { .customer($0) } ?? .invoice(invoice ?? "")
    }
}

/// What every command has that says something about an invoice or a customer.
struct ObstacleOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Flag(help: "Do everything, show it, and roll it back.")
    var dryRun = false

    func say(
        _ verb: String,
        _ body: @Sendable (_ who: String, _ when: AsOf, isolated Connection) throws -> DunningObstacleDesk.Said
    ) async throws {
        let (when, isPreview) = (asOf.value, dryRun)
        let said = try await database.withPool { pool in
            try await pool.transaction(.init(rollsBack: isPreview)) { db in try body(actor(), when, db) }
        }
        try Answer("dunning.\(verb)", said) {
            "\(verb) \(said.subject) \(said.number)" + (said.amount.map { ", \($0)" } ?? "")
                + (said.until.map { ", \($0)" } ?? "")
        }.print(as: format)
    }
}
