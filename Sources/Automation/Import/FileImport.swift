package import Domain
package import Foundation
package import Postgres
import Store

/// Brings a file into the database, in one transaction: it takes what is right and says why it does not take the rest.
///
/// The rows stream through a binary COPY into a temporary table and are applied by a few statements; nothing is kept when
/// the import is stopped in the middle.
package struct FileImport: Sendable {
    package var path: String
    package var kind: ImportKind
    package var map: ImportMap
    package var encoding: FileEncoding
    /// External ids are unique within a source.
    package var source: String
    package var asOf: Date
    /// Our column → its value where the file has none.
    package var constants: [String: String] = [:]
    /// A complete list of another ledger's open items: as of which day, and whether it may close however many.
    package var openItems: (day: CalendarDate, isForced: Bool)?
    /// Take nothing when there is a reject.
    package var isStrict = false
    package var isDryRun = false
    /// Told every thousand rows how much of the file is read, 0 to 1.
    package var progress: @Sendable (Double) -> Void = { _ in }

    package init(
        _ kind: ImportKind, path: String, map: ImportMap = ImportMap(), encoding: FileEncoding = .utf8,
        source: String? = nil, asOf: Date
    ) {
        self.kind = kind
        self.path = path
        self.map = map
        self.encoding = encoding
        self.source = source ?? map.source ?? "ltc"
        self.asOf = asOf
    }

    /// Thrown inside the transaction, to roll it back.
    private struct Refused: Error {
        let report: ImportReport
    }

    /// - Returns: what was done, or with `isDryRun` or after a reject with `isStrict`, what would have been.
    /// - Throws: `Problem` when the file as a whole cannot be taken; `DatabaseError`.
    package func run(on pool: Pool) async throws -> ImportReport {
        do {
            return try await pool.transaction(TransactionOptions(rollsBack: isDryRun)) { db in
                let report = try apply(in: db)
                // A list with a gap is not complete.
                if isStrict || openItems != nil, !report.rejects.isEmpty { throw Refused(report: report) }
                return report
            }
        } catch let refused as Refused {
            return refused.report
        }
    }

    /// In the caller's transaction.
    package func apply(in db: isolated Connection) throws -> ImportReport {
        let file = try InputFile(path)
        if kind == .receipts, try StatementImport.isMeant(by: file) {
            let progress = self.progress
            return try StatementImport(path: path, creditor: constants["creditor"], asOf: asOf) {
                progress(file.size == 0 ? 1 : Double(file.position) / Double(file.size))
            }.apply(file, in: db)
        }
        let decoder = try TextDecoder(encoding)
        let fileMap = self.fileMap
        var report = ImportReport(file: path)
        var header = try self.header(file, decoder, ignored: fileMap.ignored)
        for output in fileMap.outputs {
            header.begin(output)
            try apply(output.kind, output.kind.type, file, decoder, &header, into: &report, in: db)
        }
        if fileMap.outputs.contains(where: { [.opportunities, .members].contains($0.kind) }) {
            try FollowUpWake.everybody(asOf: asOf, in: db)
        }
        report.unknownColumns = header.unused
        report.absentColumns = header.absent
        return report
    }

    private func apply<Kind: FileKind>(
        _ name: ImportKind, _ kind: Kind.Type, _ file: InputFile, _ decoder: TextDecoder, _ header: inout Header,
        into report: inout ImportReport, in db: isolated Connection
    ) throws {
        var context = ImportContext(source: source, file: URL(filePath: path).lastPathComponent, asOf: asOf)
        context.openItems = openItems.map {
            OpenItemsList(day: $0.day, creditor: constants["creditor"], isForced: $0.isForced)
        }
        let fields = Kind(&header)
        let filter = header.filter()
        try header.check(file: path)
        file.rewind()
        var reader = CSVReader { buffer in try file.read(into: &buffer) }
        _ = try reader.next()
        let progress = self.progress
        let feed = RowFeed(
            reader, decoder, kind: fields, filter: filter, columnCount: header.count, context: context
        ) { _ in progress(file.size == 0 ? 1 : Double(file.position) / Double(file.size)) }
        try Kind.makeStaging(in: db)
        let staged = try db.copy(feed)
        if let failure = feed.failure { throw problem(for: failure) }
        context.openItems?.isWhole = feed.rejects.isEmpty
        let applied = try Kind.apply(context, in: db)
        guard feed.rejects.count + applied.rejects.count <= ImportReport.maximumRejects else {
            throw ImportReport.tooManyRejects(file: path)
        }
        report.add(
            .init(
                kind: name, rows: staged + feed.rejects.count, taken: applied.taken, changed: applied.changed,
                unchanged: staged - applied.taken - applied.changed - applied.rejects.count,
                rejected: feed.rejects.count + applied.rejects.count, closed: applied.closed),
            feed.rejects + applied.rejects)
    }

    private func header(_ file: InputFile, _ decoder: TextDecoder, ignored: [String]) throws -> Header {
        var reader = CSVReader { buffer in try file.read(into: &buffer) }
        do {
            guard let record = try reader.next() else {
                throw Problem(
                    .inputRefused, "empty_file", "there is nothing in it, not even a header line", place: path)
            }
            return try Header(record, decoder, map: map, constants: constants, ignored: ignored, file: path)
        } catch {
            throw problem(for: error)
        }
    }

    /// The part of the map that is about this file: by its name, or else the first that has this kind.
    private var fileMap: FileMap {
        let candidates = map.files.filter { $0.outputs.contains { $0.kind == kind } }
        let name = URL(filePath: path).lastPathComponent
        return candidates.first { $0.file == name } ?? candidates.first
            ?? FileMap(file: name, outputs: [OutputMap(kind: kind)])
    }

    private func problem(for error: any Error) -> any Error {
        switch error as? CSVReader.Mistake {
        case .unclosedQuote(let line):
            Problem(
                .inputRefused, "unclosed_quote", "a quote is opened in this row and never closed",
                place: "\(path):\(line)",
                advice: "close it, or double it if it is meant as a character")
        case .recordTooLong(let line):
            Problem(
                .inputRefused, "record_too_long",
                "this row is longer than a mebibyte: most likely a quote is never closed",
                place: "\(path):\(line)")
        case nil: error
        }
    }
}
