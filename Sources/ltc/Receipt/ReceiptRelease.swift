import ArgumentParser
import Automation
import Domain
import Postgres

struct ReceiptRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "A receipt was taken for other money than it is: it never paid what it paid, and waits.",
        discussion: """
            The money stays. Say then whose it is: ltc receipt assign ID --customer NUMBER, or what it pays: \
            ltc receipt allocate ID --invoice NUMBER. Money that went back is taken back: ltc receipt reverse.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The receipt's id or reference: ltc receipt list.")
    var receipt: String

    @Option(help: "Why, as a short code such as wrong_customer.")
    var reason: String

    private struct Body: Encodable {
        let receipt: Int
        let reason: String
    }

    func run() async throws {
        let (key, reason, when) = (receipt, reason, asOf.value)
        let id = try await database.withPool { pool in
            try await pool.transaction { db in
                let id = try ReceiptDesk.find(key, in: db)
                let now = try ReceiptDesk.instant(when, of: id, in: db)
                try ReceiptDesk.release(id, reason: reason, actor: actor(), at: now, in: db)
                return id
            }
        }
        try Answer("receipt.release", Body(receipt: id, reason: reason)) {
            "receipt \(id) is free: ltc receipt assign \(id) --customer NUMBER says whose it is"
        }.print(as: format)
    }
}
