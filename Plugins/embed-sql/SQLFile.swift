import Foundation

/// A named, typed value in a statement's header: `owner_id bigint?`.
struct Field {
    let name: String
    let type: SQLTypeName
    let isNullable: Bool
}

/// One statement of a query file with what its header says of it.
struct Statement {
    var name: String
    var comment: [String] = []
    var takes: [Field] = []
    var gives: [Field] = []
    var copies: [Field]?
    var needs: [String] = []
    var text: [String] = []
}

struct Mistake: Error {
    let file: String
    let line: Int
    let message: String
}

/// The SQL types that a header may name, each with the Swift type that carries it.
enum SQLTypeName: String, CaseIterable {
    case bigint, integer, smallint, text, boolean, uuid, date, timestamptz, jsonb, numeric, bytea, float8
    case bigints = "bigint[]"
    case integers = "integer[]"
    case texts = "text[]"
    case booleans = "boolean[]"
    case uuids = "uuid[]"
    case dates = "date[]"
    case timestamps = "timestamptz[]"
    case jsons = "jsonb[]"
    case numerics = "numeric[]"
    case byteas = "bytea[]"

    var swift: String {
        switch self {
        case .bigint, .integer, .smallint: "Int"
        case .text, .jsonb: "String"
        case .boolean: "Bool"
        case .uuid: "UUID"
        case .date: "CalendarDate"
        case .timestamptz: "Date"
        case .numeric: "Decimal"
        case .bytea: "[UInt8]"
        case .float8: "Double"
        default: "[\(SQLTypeName(rawValue: String(rawValue.dropLast(2)))!.swift)]"
        }
    }

    /// The Swift type of one element.
    var element: String { swift.trimmingCharacters(in: ["[", "]"]) }

    /// The case of `Postgres.SQLType` that stands for it.
    var sqlType: String {
        rawValue.hasSuffix("[]") ? ".\(rawValue.dropLast(2))Array" : ".\(rawValue)"
    }
}

/// Reads a query file: statements under `-- name:`, each with why it is there and what it takes and gives.
func readQueries(_ path: String) throws -> [Statement] {
    var statements: [Statement] = []
    var inHeader = false
    for (index, line) in try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n").enumerated() {
        func fail(_ message: String) -> Mistake { Mistake(file: path, line: index + 1, message: message) }
        if let name = value(of: "name", in: line) {
            if statements.contains(where: { $0.name == name }) { throw fail("'\(name)' stands here twice") }
            statements.append(Statement(name: name))
            inHeader = true
        } else if statements.isEmpty {
            guard line.isEmpty || line.hasPrefix("--") else { throw fail("SQL before the first '-- name:'") }
        } else if inHeader, line.hasPrefix("--") {
            let last = statements.count - 1
            if let list = value(of: "takes", in: line) {
                statements[last].takes += try fields(list, fail)
            } else if let list = value(of: "gives", in: line) {
                statements[last].gives += try fields(list, fail)
            } else if let list = value(of: "copies", in: line) {
                statements[last].copies = (statements[last].copies ?? []) + (try fields(list, fail))
            } else if let list = value(of: "needs", in: line) {
                statements[last].needs += list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            } else {
                statements[last].comment.append(line.dropFirst(2).trimmingCharacters(in: .whitespaces))
            }
        } else {
            inHeader = false
            statements[statements.count - 1].text.append(line)
        }
    }
    for statement in statements where statement.comment.isEmpty {
        throw Mistake(file: path, line: 1, message: "'\(statement.name)' has no line that says why it is there")
    }
    return statements
}

private func value(of key: String, in line: String) -> String? {
    let prefix = "-- \(key): "
    return line.hasPrefix(prefix) ? line.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces) : nil
}

private func fields(_ list: String, _ fail: (String) -> Mistake) throws -> [Field] {
    try list.split(separator: ",").map { item in
        let words = item.split(separator: " ")
        guard words.count == 2 else { throw fail("'\(item)' is not 'name type'") }
        let isNullable = words[1].hasSuffix("?")
        let typeName = String(isNullable ? words[1].dropLast() : words[1])
        guard let type = SQLTypeName(rawValue: typeName) else {
            throw fail(
                "unknown type '\(typeName)'; known are \(SQLTypeName.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return Field(name: String(words[0]), type: type, isNullable: isNullable)
    }
}
