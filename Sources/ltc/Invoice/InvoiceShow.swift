import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres

struct InvoiceShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One invoice with its payments and notices.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The invoice's number.")
    var number: String

    func run() async throws {
        let explanation = try await database.ask { [number, when = asOf.value] db in
            try ExplainInvoice.explain(number, asOf: when, now: Date(), in: db)
        }
        try Answer("invoice.show", explanation) { (explanation.head + explanation.history).joined(separator: "\n") }
            .print(as: format)
    }
}

struct InvoiceExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why an invoice is dunned at its level, or not; what comes next and when.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Option(help: "Only what was known at this instant, by which it decided then.")
    var knownAt: WhenArgument?

    @Argument(help: "The invoice's number.")
    var number: String

    func run() async throws {
        let known = knownAt?.value.instant(on: .plain)
        let explanation = try await database.ask { [number, when = asOf.value] db in
            try ExplainInvoice.explain(number, asOf: when, knownAt: known, now: Date(), in: db)
        }
        try Answer("invoice.explain", explanation) {
            (explanation.head + explanation.why + explanation.history).joined(separator: "\n")
        }.print(as: format)
    }
}
