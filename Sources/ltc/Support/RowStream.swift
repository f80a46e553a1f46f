import Domain
import Foundation

/// An answer of very many rows: JSON and CSV are written row by row as they come from the database, in flat memory. Only the
/// table for people is kept until its end, because its columns are as wide as their widest cell.
struct RowStream<Row: Encodable> {
    private let format: FormatOptions
    private let headings: [(String, Table.Alignment)]
    private var table: Table
    private var isEmpty = true

    /// - Parameters:
    ///   - name: `noun.verb`, from which the document's `schema` is made
    ///   - head: what the document says once; `rows` is the key of the list that follows it
    init<Head: Encodable>(
        _ name: String, _ head: Head, rows: String, _ headings: [(String, Table.Alignment)], as format: FormatOptions
    ) throws {
        self.format = format
        self.headings = headings
        table = Table(headings)
        if format.json {
            let object = try JSONEncoder.documents.encode(Document(schema: "ltc.\(name)/1", body: head))
            write(String(decoding: object.dropLast(2), as: UTF8.self) + ",\n  \"\(rows)\" : [")
        } else if format.csv {
            write(Table.csvLine(headings.map(\.0)))
        }
    }

    /// - Parameter cells: one a heading
    mutating func add(_ row: Row, _ cells: [String]) throws {
        if format.json {
            let object = String(decoding: try JSONEncoder.documents.encode(row), as: UTF8.self)
            write((isEmpty ? "\n    " : ",\n    ") + object.replacing("\n", with: "\n    "))
        } else if format.csv {
            write(Table.csvLine(cells))
        } else {
            table.add(cells)
        }
        isEmpty = false
    }

    func end() {
        if format.json {
            write(isEmpty ? "]\n}\n" : "\n  ]\n}\n")
        } else if !format.csv {
            write(table.description)
        }
    }
}
