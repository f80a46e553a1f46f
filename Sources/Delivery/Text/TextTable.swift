import Domain

/// Rows under headings in plain text, aligned also where Chinese text stands in them.
struct TextTable {
    enum Alignment { case left, right }
    private let alignments: [Alignment]
    private var rows: [[String]]

    init(_ headings: [(String, Alignment)]) {
        alignments = headings.map(\.1)
        rows = [headings.map(\.0)]
    }

    /// - Parameter cells: one a heading
    mutating func add(_ cells: [String]) { rows.append(cells) }

    var lines: [String] {
        let widths = alignments.indices.map { column in rows.map { $0[column].columns }.max() ?? 0 }
        return rows.map { cells in
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.columns)
                return alignments[column] == .right ? space + cell : cell + space
            }
            var line = padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
