/// Rows under headings, aligned in a terminal also where Chinese text stands in them.
struct Table: CustomStringConvertible {
    enum Alignment { case left, right }

    private let headings: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ headings: (String, Alignment)...) {
        self.headings = headings.map { (title: $0.0, alignment: $0.1) }
    }

    /// - Parameter cells: one a heading
    mutating func add(_ cells: String...) {
        precondition(cells.count == headings.count, "\(cells.count) cells under \(headings.count) headings")
        rows.append(cells)
    }

    var isEmpty: Bool { rows.isEmpty }

    var description: String {
        let widths = headings.indices.map { column in
            (rows.map { $0[column].columns } + [headings[column].title.columns]).max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            var text = ""
            for (column, cell) in cells.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.columns)
                text += headings[column].alignment == .right ? padding + cell : cell + padding
                text += "  "
            }
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        return ([line(headings.map(\.title))] + rows.map(line)).joined(separator: "\n") + "\n"
    }

    /// RFC 4180 with a header line.
    var csv: String {
        func quoted(_ cell: String) -> String {
            cell.contains(where: { ",\"\r\n".contains($0) })
                ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
        }
        return ([headings.map(\.title)] + rows).map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }
}

extension String {
    /// Columns of a terminal: East Asian wide and fullwidth characters take two (Unicode Standard Annex #11),
    /// combining marks none.
    var columns: Int {
        reduce(0) { sum, character in
            guard let first = character.unicodeScalars.first else { return sum }
            return sum + (first.isWide ? 2 : 1)
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
