import ArgumentParser
import Automation
import Domain
import Postgres

struct ReceiptMature: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mature", abstract: "Let the bank drafts that have matured pay what they are meant for.",
        discussion: """
            Every dunning run does so first. A draft that is not honoured is taken back: \
            ltc receipt reverse ID --reason dishonoured.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Flag(help: "Do everything, show it, and roll it back.")
    var dryRun = false

    private struct Body: Encodable {
        let drafts: [Int]
        /// How many allocations, by reason.
        let allocations: [String: Int]
        let isDryRun: Bool
    }

    func run() async throws {
        let (when, isPreview) = (asOf.value, dryRun)
        let (drafts, outcome) = try await database.withPool { pool in
            try await pool.transaction(.init(rollsBack: isPreview)) { db in
                try AllocateReceipts.mature(
                    through: when.day(in: "GMT"), actor: actor(), at: when.instant(on: .plain), in: db)
            }
        }
        let made = Dictionary(uniqueKeysWithValues: outcome.made.map { ($0.key.rawValue, $0.value) })
        try Answer("receipt.mature", Body(drafts: drafts, allocations: made, isDryRun: dryRun)) {
            drafts.isEmpty
                ? "no draft has matured by \(when.day(in: "GMT"))"
                : "matured: " + drafts.map(String.init).joined(separator: ", ")
        }.print(as: format)
    }
}
