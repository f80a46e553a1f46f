import ArgumentParser
import Domain

/// `ltc receipt import FILE`: what `ltc import receipts FILE` does, where people look for it.
struct ReceiptImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Bring in a file of receipts (CSV) and allocate them to what is open.")

    @Argument(help: "The file.", completion: .file(extensions: ["csv"]))
    var file: String

    @OptionGroup var options: ImportOptions

    @Option(help: "Where the rejects go; otherwise beside the file, FILE.rejects.csv.", completion: .file())
    var rejects: String?

    func run() async throws {
        try await options.take(.receipts, file, rejects: rejects)
    }
}
