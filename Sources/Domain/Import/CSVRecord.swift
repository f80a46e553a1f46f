/// A record of a CSV file: the bytes of its fields, and the line on which it begins.
package struct CSVRecord: Sendable {
    /// Counted from 1.
    package let line: Int
    private let bytes: [UInt8]
    private let fields: [CSVField]

    init(line: Int, bytes: [UInt8], fields: [CSVField]) {
        (self.line, self.bytes, self.fields) = (line, bytes, fields)
    }

    package var count: Int { fields.count }

    /// An empty line is one field without a byte; `""` is a value.
    var isBlank: Bool { fields.count == 1 && fields[0].form == .plain && fields[0].range.isEmpty }

    /// The first field that has text behind its closing quote, counted from 0; such a record is not to be trusted.
    package var malformedField: Int? { fields.firstIndex { $0.form == .malformed } }

    /// Lends the field's bytes, without the quotes around them; a malformed field's as they stand in the file.
    package func withBytes<R, E: Error>(
        at index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let field = fields[index]
        return try (field.form == .doubledQuotes ? undoubled(field) : bytes[field.range]).withUnsafeBufferPointer(body)
    }

    package func bytes(at index: Int) -> [UInt8] {
        withBytes(at: index) { Array($0) }
    }

    private func undoubled(_ field: CSVField) -> ArraySlice<UInt8> {
        var plain: [UInt8] = []
        plain.reserveCapacity(field.range.count)
        var index = field.range.lowerBound
        while index < field.range.upperBound {
            plain.append(bytes[index])
            index += bytes[index] == .quote ? 2 : 1
        }
        return plain[...]
    }
}

/// Where a field stands, and how it is written.
struct CSVField: Sendable {
    enum Form { case plain, quoted, doubledQuotes, malformed }

    var range: Range<Int>
    var form: Form
}
