/// A cell of a table that people open in a spreadsheet.
package enum CSVCell: Sendable, Hashable {
    /// Words of any origin, an imported company's name too.
    case text(String)
    /// A number or date as we wrote it ourselves: `-12.50`, `2026-11-23`.
    case value(String)
}

/// A table as RFC 4180 has it, with a byte order mark, without which spreadsheets take UTF-8 for something else.
package struct CSV: Sendable {
    private var text = "\u{FEFF}"

    package init(header: [String]) {
        add(header.map { .text($0) })
    }

    package mutating func add(_ row: [CSVCell]) {
        text += row.map(Self.field).joined(separator: ",") + "\r\n"
    }

    package var bytes: [UInt8] { Array(text.utf8) }

    /// What was written since it was asked last: a long file is written in pieces.
    package mutating func takeBytes() -> [UInt8] {
        defer { text = "" }
        return bytes
    }

    private static func field(_ cell: CSVCell) -> String {
        switch cell {
        case .value(let value): quoted(value)
        case .text(let words): quoted(harmless(words))
        }
    }

    /// A spreadsheet runs a cell that begins like a formula; an apostrophe before it makes it text for all of them.
    private static func harmless(_ words: String) -> String {
        let first = words.unicodeScalars.first { !$0.properties.isWhitespace || "\t\r\n".unicodeScalars.contains($0) }
        guard let first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) else { return words }
        return "'" + words
    }

    /// The words that a field was made of, without the apostrophe that was put before them.
    package static func words(of field: String) -> String {
        let words = String(field.dropFirst())
        return field.hasPrefix("'") && harmless(words) == field ? words : field
    }

    private static func quoted(_ field: String) -> String {
        let needsQuotes = field.unicodeScalars.contains { ",\"\r\n;\t".unicodeScalars.contains($0) }
        return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }
}
