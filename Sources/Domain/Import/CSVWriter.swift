/// Writes records as RFC 4180 has them: CRLF, and quotes only where they are needed.
package struct CSVWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func write(_ fields: [String]) {
        write(fields.map { Array($0.utf8) })
    }

    /// Bytes in whatever encoding the file has; see `CSVReader`.
    package mutating func write(_ fields: [[UInt8]]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(.comma) }
            append(field, isAlone: fields.count == 1)
        }
        bytes += [.carriageReturn, .lineFeed]
    }

    /// Empties the writer after its bytes went to their file.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ field: [UInt8], isAlone: Bool) {
        // A lone empty field would read back as an empty line.
        let needsQuotes =
            isAlone && field.isEmpty
            || field.contains { $0 == .comma || $0 == .quote || $0 == .lineFeed || $0 == .carriageReturn }
        guard needsQuotes else { return bytes.append(contentsOf: field) }
        bytes.append(.quote)
        for byte in field {
            if byte == .quote { bytes.append(.quote) }
            bytes.append(byte)
        }
        bytes.append(.quote)
    }
}
