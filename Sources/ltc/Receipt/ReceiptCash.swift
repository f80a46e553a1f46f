import ArgumentParser
import Automation
import Domain
import Postgres

struct ReceiptCash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cash", abstract: "Say that a receipt is the money of a bank draft, and counts once.",
        discussion: """
            The receipt is taken back as of the day of its booking, so that nothing counts twice; if it has paid, and the draft, \
            which was recorded after it, has not, the draft is. One that is not the same money pays after: ltc receipt assign \
            ID --customer NUMBER.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The receipt's id or reference: ltc receipt list --waiting.")
    var receipt: String

    @Option(
        help: "The draft's id or reference: ltc receipt show RECEIPT names it, ltc receipt list --drafts lists them.")
    var draft: String

    private struct Body: Encodable {
        let receipt, draft: Int
    }

    func run() async throws {
        let (key, draftKey, when) = (receipt, draft, asOf.value)
        let (id, draft) = try await database.withPool { pool in
            try await pool.transaction { db in
                let (id, draft) = (try ReceiptDesk.find(key, in: db), try ReceiptDesk.find(draftKey, in: db))
                let now = try ReceiptDesk.instant(when, of: id, in: db)
                try ReceiptDesk.cash(id, of: draft, actor: actor(), at: now, in: db)
                return (id, draft)
            }
        }
        try Answer("receipt.cash", Body(receipt: id, draft: draft)) {
            "receipt \(id) is the money of draft \(draft)"
        }.print(as: format)
    }
}
