import ArgumentParser
import Automation
import Domain
import Postgres

struct InvoiceSetOff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-off", abstract: "Set a credit note off against an invoice, or take that back.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The credit note's number.")
    var creditNote: String

    @Argument(help: "The invoice's number.")
    var invoice: String

    @Option(help: "A decimal in their currency; otherwise as much as both have.")
    var amount: String?

    @Option(help: "The day on which it counts; otherwise the first on which both were there, to take back today.")
    var on: CalendarDate?

    @Flag(help: "Take back what was set off between the two.")
    var reverse = false

    @Flag(help: "Do everything, show it, and roll it back.")
    var dryRun = false

    func validate() throws {
        if reverse, amount != nil { throw ValidationError("--reverse takes back all of it: leave out --amount") }
    }

    private struct Body: Encodable {
        let creditNote, invoice: String
        let amount: Money
        let isReversed: Bool
    }

    func run() async throws {
        let (creditNote, invoice, amount, on, reverse) = (creditNote, invoice, amount, on, reverse)
        let (when, isPreview) = (asOf.value, dryRun)
        let set = try await database.withPool { pool in
            try await pool.transaction(.init(rollsBack: isPreview)) { db in
                reverse
                    ? try SetOffDesk.reverse(creditNote, against: invoice, on: on, actor: actor(), asOf: when, in: db)
                    : try SetOffDesk.setOff(
                        creditNote, against: invoice, amount: amount, on: on, actor: actor(), asOf: when, in: db)
            }
        }
        let body = Body(creditNote: creditNote, invoice: invoice, amount: set, isReversed: reverse)
        try Answer("invoice.set-off", body) {
            "\(set) of \(creditNote) \(reverse ? "is no longer" : "is") set off against \(invoice)"
        }.print(as: format)
    }
}
