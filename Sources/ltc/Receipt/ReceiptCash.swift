import ArgumentParser
import Automation
import Domain
import Postgres

struct ReceiptCash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cash", abstract: "Say that a receipt is the money of a bank draft, which has paid already.",
        discussion: """
            The receipt is taken back as of the day of its booking, so that nothing counts twice. One that is not the draft's \
            money pays after: ltc receipt assign ID --customer NUMBER.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The receipt's id: ltc receipt list --waiting.")
    var id: Int

    @Option(help: "The draft's id: ltc receipt show ID names it, ltc receipt list --drafts lists them.")
    var draft: Int

    private struct Body: Encodable {
        let receipt, draft: Int
    }

    func run() async throws {
        let (id, draft, now) = (id, draft, asOf.value.instant(on: .plain))
        try await database.withPool { pool in
            try await pool.transaction { db in
                try ReceiptDesk.cash(id, of: draft, actor: actor(), at: now, in: db)
            }
        }
        try Answer("receipt.cash", Body(receipt: id, draft: draft)) {
            "receipt \(id) is the money of draft \(draft)"
        }.print(as: format)
    }
}
