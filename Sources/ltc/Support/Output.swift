import Domain
import Foundation

/// An answer: a table for people, the same as CSV, or a versioned JSON document.
struct Answer<Body: Encodable> {
    /// `noun.verb`, from which the document's `schema` is made.
    let name: String
    let body: Body
    /// Lines or a table for people.
    let text: () -> String
    /// Nil when the answer has no rows that CSV could hold.
    let table: Table?

    init(_ name: String, _ body: Body, table: Table) {
        self.init(name, body, table: table) { table.description }
    }

    init(_ name: String, _ body: Body, table: Table? = nil, text: @escaping () -> String) {
        self.name = name
        self.body = body
        self.table = table
        self.text = text
    }

    func print(as format: FormatOptions) throws {
        if format.json {
            write(try document() + "\n")
        } else if format.csv {
            guard let table else {
                throw Problem(.usage, "no_csv", "this command has no rows for --csv", advice: "--json")
            }
            write(table.csv)
        } else {
            let words = text()
            write(words.isEmpty || words.hasSuffix("\n") ? words : words + "\n")
        }
    }

    /// The document, whose last keys are lists that are written piece by piece.
    ///
    /// - Parameter lists: hands over `,\n  "key" : […]` for each
    func printJSON(lists: ((Data) throws -> Void) throws -> Void) throws {
        let document = try document()
        write(String(document.dropLast("\n}".count)))
        try lists { try FileHandle.standardOutput.write(contentsOf: $0) }
        write("\n}\n")
    }

    private func document() throws -> String {
        let document = Document(schema: "ltc.\(name)/1", body: body)
        return String(decoding: try JSONEncoder.documents.encode(document), as: UTF8.self)
    }
}

extension JSONEncoder {
    static var documents: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension String {
    /// As a cell of a table.
    var onOneLine: String {
        utf8.contains { (10...13).contains($0) } ? split(whereSeparator: \.isNewline).joined(separator: " ") : self
    }
}

/// Data go to stdout.
func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

/// `{"schema": …}` and the body's own keys, side by side.
struct Document<Body: Encodable>: Encodable {
    let schema: String
    let body: Body

    private enum CodingKeys: CodingKey { case schema }

    func encode(to encoder: any Encoder) throws {
        try body.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
    }
}

/// Words for the person at the terminal, beside the data.
func say(_ words: String) {
    FileHandle.standardError.write(Data("\(words)\n".utf8))
}
