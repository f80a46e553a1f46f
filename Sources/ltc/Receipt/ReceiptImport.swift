import ArgumentParser
import Domain

/// `ltc receipt import FILE`: what `ltc import receipts FILE` does, where people look for it; `ltc.receipt.import/1`.
struct ReceiptImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Bring in a bank's statements (camt.053) or a CSV of receipts, and allocate.",
        discussion: """
            Which of the two it is, the content says. A statement is taken whole or not at all: its entries must lead from \
            the opening to the closing balance, and its account must be a creditor's (or --set creditor=CODE says whose \
            it is). What was imported before is recognised. What stays in doubt waits: ltc receipt list --waiting.
            """)

    @Argument(help: "The file.", completion: .file(extensions: ["xml", "csv"]))
    var file: String

    @OptionGroup var options: ImportOptions

    @Option(help: "Where the rejects go; otherwise beside the file, FILE.rejects.csv.", completion: .file())
    var rejects: String?

    func run() async throws {
        try await options.take(.receipts, file, rejects: rejects, as: "receipt.import")
    }
}
