import ArgumentParser
import Automation
import Domain
import Foundation

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring files into the database.",
        usage: "ltc import <kind> <file> [<options>]\nltc import folder <folder> --map <map> [<options>]",
        discussion: """
            A file is a CSV with a header line; its columns may stand in any order. What is right is taken, the rest is \
            written to a rejects file with line and reason, to be mended and imported again. The same file again \
            changes nothing. One transaction a file: when it is stopped in the middle, nothing of it is kept.
            """,
        subcommands: [ImportFile.self, ImportFolder.self], defaultSubcommand: ImportFile.self)
}

/// `ltc import leads FILE`
struct ImportFile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "file", abstract: "Import one file.", usage: "ltc import <kind> <file> [<options>]",
        shouldDisplay: false)

    @Argument(help: "What the file holds: \(ImportKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: ImportKind

    @Argument(help: "The file.", completion: .file(extensions: ["csv"]))
    var file: String

    @OptionGroup var options: ImportOptions

    @Option(help: "Where the rejects go; otherwise beside the file, FILE.rejects.csv.", completion: .file())
    var rejects: String?

    @Flag(
        help: """
            Of invoices: the file is a complete list of what is open in another ledger, which leads, as of --on. What \
            differs changes, what is absent is closed; with a reject nothing is taken.
            """)
    var openItems = false

    @Option(help: "As of which day the list is.")
    var on: CalendarDate?

    @Flag(help: "Close also more than 20 % of a creditor's open items.")
    var force = false

    func validate() throws {
        if openItems, kind != .invoices { throw ValidationError("--open-items is for invoices") }
        if openItems != (on != nil) { throw ValidationError("--open-items and --on DATE belong together") }
        if force, !openItems { throw ValidationError("--force is for --open-items") }
    }

    func run() async throws {
        var options = options
        // A list with a gap is not complete.
        options.strict = options.strict || openItems
        try await options.take(kind, file, rejects: rejects, openItems: on.map { ($0, force) })
    }
}

/// `ltc import folder DIR --map MAP`
struct ImportFolder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "folder", abstract: "Import every file of a folder that a map names, in the map's order.")

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    @OptionGroup var options: ImportOptions

    func run() async throws {
        guard options.map != nil else { throw ValidationError("a folder needs --map, which says what its files are") }
        let files = try options.loadMap().files.map { file in
            try options.fileImport(
                file.outputs.last?.kind ?? .leads, URL(filePath: folder).appending(path: file.file).relativePath)
        }
        let results = try await options.database.withPool { pool in
            var results: [(ImportReport, String?)] = []
            for file in files {
                let report = try await file.run(on: pool)
                results.append((report, try options.writeRejects(report, to: nil)))
                if options.strict, !report.rejects.isEmpty { break }
            }
            return results
        }
        try options.answer(results).print(as: options.format)
        if options.strict, results.contains(where: { !$0.0.rejects.isEmpty }) {
            throw ExitCode(Problem.Kind.inputRefused.rawValue)
        }
    }
}

extension ImportOptions {
    /// Imports one file and says what became of it.
    func take(
        _ kind: ImportKind, _ file: String, rejects: String?, openItems: (day: CalendarDate, isForced: Bool)? = nil,
        as name: String = "import"
    ) async throws {
        var fileImport = try fileImport(kind, file)
        fileImport.openItems = openItems
        let report = try await database.withPool { pool in try await fileImport.run(on: pool) }
        try answer([(report, try writeRejects(report, to: rejects))], as: name).print(as: format)
        // A bank's file of which no statement can be taken is refused as a whole.
        let isRefused = report.isBankFile && report.statements.allSatisfy { $0.state == .refused }
        if isRefused || strict && !report.rejects.isEmpty { throw ExitCode(Problem.Kind.inputRefused.rawValue) }
    }
}

extension ImportKind: ExpressibleByArgument {}
extension FileEncoding: ExpressibleByArgument {}
