import ArgumentParser
import Automation
import Domain
import Foundation

/// What all imports may be told.
struct ImportOptions: ParsableArguments {
    @Option(
        help: "A map (YAML) that says which columns are which, and what is derived.",
        completion: .file(extensions: ["yaml"]))
    var map: String?

    @Option(help: "The program that the ids come from; otherwise the map's, or ltc.")
    var source: String?

    @Option(help: "How the file is encoded: utf-8, gb18030.")
    var encoding: FileEncoding = .utf8

    @Option(help: "A value for a column that the file leaves empty or does not have: --set currency=EUR.")
    var set: [ConstantArgument] = []

    @Flag(help: "Do all of it, say what was done, and keep nothing.")
    var dryRun = false

    @Flag(help: "Take nothing when a row is rejected, and exit 65.")
    var strict = false

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    func loadMap() throws -> ImportMap {
        try map.map { path in try MapFile.read(path) } ?? ImportMap()
    }

    func fileImport(_ kind: ImportKind, _ path: String) throws -> FileImport {
        var fileImport = FileImport(
            kind, path: path, map: try loadMap(), encoding: encoding, source: source, asOf: asOf.instant)
        fileImport.constants = Dictionary(set.map { ($0.column, $0.value) }) { _, last in last }
        fileImport.isStrict = strict
        fileImport.isDryRun = dryRun
        let progress = ProgressLine(label: path)
        fileImport.progress = { progress.show($0) }
        return fileImport
    }

    /// - Returns: where the rejects are; nil when there are none, or for a dry run that was not told where.
    func writeRejects(_ report: ImportReport, to path: String?) throws -> String? {
        guard !report.rejects.isEmpty, !dryRun || path != nil else { return nil }
        let path = path ?? RejectsFile.standardPath(for: report.file)
        if report.isBankFile {
            try RejectsFile.writeList(report.rejects, to: path)
        } else {
            try RejectsFile.write(report.rejects, of: report.file, to: path)
        }
        return path
    }

    func answer(
        _ results: [(report: ImportReport, rejectsFile: String?)], as name: String = "import"
    ) throws -> Answer<ImportBody> {
        for report in results.map(\.report) {
            if !report.unknownColumns.isEmpty {
                say("ltc: \(report.file): passed over unknown columns \(report.unknownColumns.joined(separator: ", "))")
            }
            if !report.absentColumns.isEmpty {
                say(
                    "ltc: \(report.file): has no columns \(report.absentColumns.joined(separator: ", ")), which the map names"
                )
            }
        }
        let body = ImportBody(
            files: results.map { ImportBody.File($0.report, rejectsFile: $0.rejectsFile) }, isDryRun: dryRun)
        return Answer(name, body, table: body.table) { body.text(isStrict: strict) }
    }
}

/// `currency=EUR`
struct ConstantArgument: ExpressibleByArgument {
    let column: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        (column, value) = (parts[0], parts[1])
    }
}

extension AsOfOptions {
    /// The end of a day is the moment before midnight UTC.
    var instant: Date {
        switch value {
        case .instant(let instant): instant
        case .day(let day): Date(timeIntervalSince1970: TimeInterval(day.daysSince1970 * 86_400 + 86_399))
        }
    }
}
