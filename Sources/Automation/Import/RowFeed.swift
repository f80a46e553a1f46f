import Domain
import Postgres

/// The rows of a file as they go into the staging table: read as the database takes them, so that the memory does not
/// grow with the file.
///
/// A COPY takes a sequence, and a sequence cannot throw: what stops it is kept in `failure`.
final class RowFeed<Kind: FileKind>: Sequence, IteratorProtocol {
    private var reader: CSVReader
    private let decoder: TextDecoder
    private let kind: Kind
    private let filter: RowFilter
    private let columnCount: Int
    private let context: ImportContext
    private let progress: (_ rows: Int) -> Void

    private var records = 0
    /// Rows that the kind is meant to take.
    private(set) var rows = 0
    private(set) var rejects: [RejectedLine] = []
    private(set) var failure: (any Error)?

    init(
        _ reader: CSVReader, _ decoder: TextDecoder, kind: Kind, filter: RowFilter,
        columnCount: Int, context: ImportContext, progress: @escaping (_ rows: Int) -> Void
    ) {
        self.reader = reader
        self.decoder = decoder
        self.kind = kind
        self.filter = filter
        self.columnCount = columnCount
        self.context = context
        self.progress = progress
    }

    func next() -> Kind.Staged? {
        do {
            while let record = try reader.next() {
                try tick()
                // Spreadsheets leave rows of separators alone at the end.
                if (0..<record.count).allSatisfy({ record.bytes(at: $0).allSatisfy { $0 == 0x20 } }) { continue }
                if let row = try staged(record) { return row }
            }
        } catch {
            failure = error
        }
        return nil
    }

    /// Nil for a row that is rejected or not meant.
    private func staged(_ record: CSVRecord) throws -> Kind.Staged? {
        let row = Row(record: record, decoder: decoder)
        do throws(Reject) {
            try checkForm(record)
            guard try filter.accepts(row) else { return nil }
            rows += 1
            return try kind.staged(row, context)
        } catch let reject {
            rejects.append(RejectedLine(line: record.line, reject))
            guard rejects.count <= ImportReport.maximumRejects else {
                throw ImportReport.tooManyRejects(file: context.file)
            }
            return nil
        }
    }

    private func tick() throws {
        records += 1
        guard records % 1024 == 0 else { return }
        try Task.checkCancellation()
        progress(records)
    }

    private func checkForm(_ record: CSVRecord) throws(Reject) {
        if let field = record.malformedField {
            throw Reject(
                .malformedCSV, column: nil,
                "field \(field + 1) has text behind its closing quote; a quote inside quotes is doubled")
        }
        guard record.count == columnCount else {
            throw Reject(
                .wrongColumnCount, column: nil, "\(record.count) fields under \(columnCount) columns")
        }
    }
}
