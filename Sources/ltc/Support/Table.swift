import Delivery
import Domain

/// Rows under headings, aligned in a terminal also where Chinese text stands in them.
struct Table: CustomStringConvertible {
    enum Alignment { case left, right }

    private let headings: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ headings: (String, Alignment)...) { self.init(headings) }

    init(_ headings: [(String, Alignment)]) {
        self.headings = headings.map { (title: $0.0, alignment: $0.1) }
    }

    /// - Parameter cells: one a heading
    mutating func add(_ cells: String...) { add(cells) }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == headings.count, "\(cells.count) cells under \(headings.count) headings")
        rows.append(cells)
    }

    var isEmpty: Bool { rows.isEmpty }

    var description: String {
        let widths = headings.indices.map { column in
            (rows.map { $0[column].onOneLine.columns } + [headings[column].title.columns]).max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            var text = ""
            for (column, cell) in cells.map(\.onOneLine).enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.columns)
                text += headings[column].alignment == .right ? padding + cell : cell + padding
                text += "  "
            }
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        return ([line(headings.map(\.title))] + rows.map(line)).joined(separator: "\n") + "\n"
    }

    /// RFC 4180 with a header line.
    var csv: String { ([headings.map(\.title)] + rows).map(Self.csvLine).joined() }

    /// A line of RFC 4180 with its end. Words that a spreadsheet would take for a formula are text for it, as in registers.
    static func csvLine(_ cells: [String]) -> String {
        CSV.line(cells.map { $0.first == "-" && isNumber($0.dropFirst()) ? .value($0) : .text($0) })
    }

    private static func isNumber(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }
}
