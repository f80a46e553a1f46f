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

    package mutating func add(_ row: [CSVCell]) { text += Self.line(row) }

    /// A row with its end.
    package static func line(_ row: [CSVCell]) -> String { row.map(field).joined(separator: ",") + "\r\n" }

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

    /// A spreadsheet runs a cell that begins like a formula, and one that takes semicolons or tabs for the ends of cells also what
    /// stands behind those; an apostrophe before it makes it text for all of them. A cell is one line.
    private static func harmless(_ words: String) -> String {
        let isPlain = words.utf8.allSatisfy { $0 < 0x80 && !";\t\r\n".utf8.contains($0) }
        guard !isPlain || isFormula(words) else { return words }
        let line = words.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: " ")
        return cells(of: line).map { isFormula($0) ? "'" + $0 : String($0) }.joined()
    }

    /// The words that a field was made of, without the apostrophes that were put before them.
    package static func words(of field: String) -> String {
        guard field.contains("'") else { return field }
        let words = cells(of: field).map { $0.hasPrefix("'") && isFormula($0.dropFirst()) ? $0.dropFirst() : $0 }
            .joined()
        return harmless(words) == field ? words : field
    }

    private static func isFormula(_ words: some StringProtocol) -> Bool {
        let first = words.unicodeScalars.first { !$0.properties.isWhitespace || $0 == "\t" }
        return first.map { "=+-@\t＝＋－＠".unicodeScalars.contains($0) } ?? false
    }

    /// What other spreadsheets may make of a cell, each with the sign that ends it.
    private static func cells(of line: String) -> [Substring] {
        var cells: [Substring] = []
        var rest = line[...]
        while let end = rest.firstIndex(where: { $0 == ";" || $0 == "\t" }) {
            cells.append(rest[...end])
            rest = rest[rest.index(after: end)...]
        }
        return cells + [rest]
    }

    private static func quoted(_ field: String) -> String {
        let needsQuotes = field.unicodeScalars.contains { ",\"\r\n;\t".unicodeScalars.contains($0) }
        return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }
}
