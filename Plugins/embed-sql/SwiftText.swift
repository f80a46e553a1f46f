import Foundation

/// Writes the Swift that binds, runs and decodes a query file's statements.
struct SwiftText {
    private let target: String
    private var text = ""
    private var types: Set<String> = []

    init(target: String) { self.target = target }

    /// Other projects may use `Jobs`.
    private var access: String { target == "Jobs" ? "public" : "package" }

    /// The whole file; only what it uses is imported, since an unused import is an error.
    var file: String {
        var imports = ["Postgres"]
        if !types.isDisjoint(with: ["UUID", "Date", "Decimal"]) { imports.append("Foundation") }
        if types.contains("CalendarDate") { imports.append("Domain") }
        return "// Generated from sql/ by the EmbedSQL plugin.\n"
            + imports.sorted().map { "\(access) import \($0)\n" }.joined() + text
    }

    mutating func add(_ statements: [Statement], file: String) throws {
        let area = (file as NSString).lastPathComponent.replacingOccurrences(of: ".sql", with: "")
        text += "\n/// The statements of `sql/queries/\(area).sql`.\n\(access) enum \(camel(area, upper: true))SQL {\n"
        for statement in statements {
            types.formUnion((statement.takes + statement.gives + (statement.copies ?? [])).map(\.type.element))
            text += try declaration(of: statement, area: area)
        }
        text += "    \(access) static let statements: [Statement] = ["
        text += statements.map { "\(camel($0.name, upper: true)).statement" }.joined(separator: ", ")
        text += "]\n}\n"
    }

    mutating func add(allOf areas: [String]) {
        text += "\n/// Every statement of this module, for the test that PREPAREs them all.\n"
        text += "\(access) enum \(target)Statements {\n    \(access) static let all: [Statement] =\n        "
        text += areas.isEmpty ? "[]" : areas.map { "\(camel($0, upper: true))SQL.statements" }.joined(separator: " + ")
        text += "\n}\n"
    }

    mutating func add(migrations: [(name: String, text: String)], bootstrap: String?) {
        text +=
            "\n\(access) enum \(target)SQLText {\n    \(access) static let migrations: [(name: String, text: String)] = [\n"
        for migration in migrations {
            text += "        (\(literal(migration.name)), \(literal(migration.text))),\n"
        }
        text += "    ]\n"
        if let bootstrap { text += "    \(access) static let bootstrap = \(literal(bootstrap))\n" }
        text += "}\n"
    }

    private func declaration(of statement: Statement, area: String) throws -> String {
        let fields = statement.copies ?? statement.takes
        var sql = statement.text.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
        if sql.hasSuffix(";") { sql.removeLast() }
        for (index, field) in statement.takes.enumerated() {
            let pattern = try NSRegularExpression(pattern: "(?<!:):\(field.name)\\b")
            let whole = NSRange(sql.startIndex..., in: sql)
            guard pattern.firstMatch(in: sql, range: whole) != nil else {
                throw Mistake(file: area, line: 1, message: "'\(statement.name)' takes \(field.name) and never uses it")
            }
            sql = pattern.stringByReplacingMatches(in: sql, range: whole, withTemplate: "\\$\(index + 1)")
        }
        var out = statement.comment.map { "    /// \($0)\n" }.joined()
        let kind = statement.copies == nil ? "Query" : "CopyRow"
        out += "    \(access) struct \(camel(statement.name, upper: true)): \(kind) {\n"
        out += "        \(access) static let statement = Statement(\n"
        out += "            name: \(literal("\(area).\(statement.name)")),\n"
        out += "            text: \(literal(sql)),\n"
        out += "            parameters: [\(fields.map(column).joined(separator: ", "))],\n"
        out += "            columns: [\(statement.gives.map(column).joined(separator: ", "))],\n"
        out +=
            "            needs: [\(statement.needs.map { literal($0.contains(".") ? $0 : "\(area).\($0)") }.joined(separator: ", "))],\n"
        out += "            isCopy: \(statement.copies != nil))\n"
        for field in fields { out += "        \(access) var \(property(field))\n" }
        let arguments = fields.map { "\(property($0))\($0.isNullable ? " = nil" : "")" }.joined(separator: ", ")
        out += "        \(access) init(\(arguments)) {\n"
        for field in fields { out += "            self.\(camel(field.name)) = \(quoted(camel(field.name)))\n" }
        out += "        }\n        \(access) func bind(to parameters: inout Parameters) {\n"
        for field in fields {
            out += "            parameters.append(self.\(camel(field.name)), as: \(field.type.sqlType))\n"
        }
        out += "        }\n"
        if statement.copies == nil { out += rowDeclaration(of: statement.gives) }
        return out + "    }\n"
    }

    private func rowDeclaration(of fields: [Field]) -> String {
        guard !fields.isEmpty else {
            return
                "        \(access) typealias Row = Void\n        \(access) static func decode(_ row: borrowing ResultRow) {}\n"
        }
        var out = "        \(access) struct Row: Sendable, Hashable {\n"
        for field in fields { out += "            \(access) var \(property(field))\n" }
        out += "            \(access) init(\(fields.map(property).joined(separator: ", "))) {\n"
        for field in fields { out += "                self.\(camel(field.name)) = \(quoted(camel(field.name)))\n" }
        out += "            }\n        }\n"
        out += "        \(access) static func decode(_ row: borrowing ResultRow) throws -> Row {\n            try Row("
        out += fields.enumerated().map { index, field in
            let read = field.isNullable ? "optional" : "value"
            return "\(camel(field.name)): row.\(read)(at: \(index), as: \(field.type.sqlType))"
        }.joined(separator: ", ")
        return out + ")\n        }\n"
    }

    private func column(_ field: Field) -> String { "Column(\(literal(field.name)), \(field.type.sqlType))" }

    private func property(_ field: Field) -> String {
        "\(quoted(camel(field.name))): \(field.type.swift)\(field.isNullable ? "?" : "")"
    }

    private func camel(_ name: String, upper: Bool = false) -> String {
        name.split(whereSeparator: { $0 == "_" || $0 == "-" }).enumerated().map { index, word in
            index == 0 && !upper ? String(word) : word.prefix(1).uppercased() + word.dropFirst()
        }.joined()
    }

    private func quoted(_ name: String) -> String {
        ["case", "default", "extension", "for", "in", "is", "operator", "protocol", "repeat", "return", "where"]
            .contains(name) ? "`\(name)`" : name
    }

    private func literal(_ string: String) -> String {
        var fence = "#"
        while string.contains("\"\"\"\(fence)") || string.contains("\\\(fence)") { fence += "#" }
        return string.contains("\n") ? "\(fence)\"\"\"\n\(string)\n\"\"\"\(fence)" : "\(fence)\"\(string)\"\(fence)"
    }
}
