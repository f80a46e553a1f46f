import Domain
import Postgres
import Store

/// A file of reference rates.
struct RateFile: FileKind {
    private let rate, validFrom, validThrough, percent, source, publishedOn: Field

    init(_ header: inout Header) {
        rate = header.field("rate", isRequired: true)
        validFrom = header.field("valid_from", isRequired: true)
        validThrough = header.field("valid_through")
        percent = header.field("percent", isRequired: true)
        source = header.field("source", isRequired: true)
        publishedOn = header.field("published_on")
    }

    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> ImportRatesSQL.CopyStaged {
        let code = try rate.need(try rate.text(row))
        guard ReferenceRate.isCode(code) else {
            throw rate.reject(.unknownValue, code, "not a code of small letters, digits and hyphens such as de-base")
        }
        let from = try validFrom.need(try validFrom.date(row))
        let through = try validThrough.date(row)
        if let through, through < from {
            throw validThrough.reject(.contradiction, "\(through)", "the rate ends before it begins on \(from)")
        }
        return ImportRatesSQL.CopyStaged(
            line: row.line, code: code, validFrom: from, validThrough: through,
            percent: try percent.need(try percent(row)).description, source: try source.need(try source.text(row)),
            publishedOn: try publishedOn.date(row))
    }

    /// A year, from -100 to 100.
    private func percent(_ row: Row) throws(Reject) -> Percent? {
        guard let text = try percent.text(row) else { return nil }
        guard let value = percent.formats.decimals.plain(text).flatMap({ Percent($0) }) else {
            throw percent.reject(
                .invalidNumber, text, "not a percentage with at most nine decimals such as 2.27 or -0.88")
        }
        guard value.billionths.magnitude <= 100 * UInt(Percent.billionthsOfOne) else {
            throw percent.reject(.outOfRange, text, "not between -100 and 100")
        }
        return value
    }

    static func makeStaging(in db: isolated Connection) throws { try db.execute(ImportRatesSQL.CreateStaging()) }

    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied {
        try StagedRates.apply(in: db)
    }
}
