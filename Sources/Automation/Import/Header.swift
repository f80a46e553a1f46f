import Domain
import Foundation

/// The first line of a file, from which the fields are taken by name, in any order.
///
/// Names compare without letter case, and with spaces and hyphens as underscores: `Lead ID` is `lead_id`.
struct Header {
    private let names: [String]
    private let indices: [String: Int]
    private let map: ImportMap
    private let constants: [String: String]
    private var output: OutputMap
    /// Columns of the file that something is made of, or that are known.
    private(set) var used: Set<Int>
    private var missing: [String] = []
    /// Columns that the map names for what need not be there, and the file has not.
    private(set) var absent: [String] = []

    /// - Throws: `Problem` when a name cannot be read or stands there twice.
    init(
        _ record: CSVRecord, _ decoder: TextDecoder, map: ImportMap, constants: [String: String], ignored: [String],
        file: String
    ) throws(Problem) {
        var names: [String] = []
        var indices: [String: Int] = [:]
        for index in 0..<record.count {
            guard let name = record.withBytes(at: index, decoder.text), record.malformedField == nil else {
                throw Problem(
                    .inputRefused, "wrong_encoding",
                    "the header line is not \(decoder.encoding == .utf8 ? "UTF-8" : "GB18030") text",
                    place: "\(file):\(record.line)",
                    advice: decoder.encoding == .utf8 ? "try --encoding gb18030" : "try --encoding utf-8")
            }
            names.append(name)
            let key = Self.key(name)
            if !key.isEmpty, indices.updateValue(index, forKey: key) != nil {
                throw Problem(
                    .inputRefused, "duplicate_column", "the column '\(name)' stands there twice",
                    place: "\(file):\(record.line)")
            }
        }
        self.names = names
        self.indices = indices
        self.map = map
        self.constants = constants
        self.output = OutputMap(kind: .leads)
        let known = RejectsFile.columns + ignored
        self.used = Set(known.compactMap { indices[Self.key($0)] })
    }

    var count: Int { names.count }

    /// What the following fields are for.
    mutating func begin(_ output: OutputMap) {
        self.output = output
    }

    /// The field of one of our columns.
    mutating func field(_ name: String, isRequired: Bool = false) -> Field {
        var rule = output.columns[name]
        if let constant = constants[name] {
            rule = rule ?? ColumnRule(columns: indices[Self.key(name)] == nil ? [] : [name])
            rule?.constant = constant
        }
        let wanted = rule.map { $0.columns } ?? [name]
        let found = wanted.compactMap { index(of: $0) }
        if isRequired, found.isEmpty, rule?.constant == nil {
            missing.append(contentsOf: wanted)
        } else if rule != nil {
            absent += wanted.filter { indices[Self.key($0)] == nil && !absent.contains($0) }
        }
        return Field(
            name: name, indices: found, rule: rule, filter: filter(rule?.when ?? [:]),
            formats: Formats(map, date: rule?.date))
    }

    /// Which rows the output is made of: all of these columns must have one of these values.
    mutating func filter() -> RowFilter {
        filter(output.only)
    }

    private mutating func filter(_ wanted: [String: [String]]) -> RowFilter {
        var conditions: [RowFilter.Condition] = []
        for (name, values) in wanted.sorted(by: { $0.key < $1.key }) {
            if let index = index(of: name) {
                conditions.append(.init(index: index, values: Set(values)))
            } else {
                missing.append(name)
            }
        }
        return RowFilter(conditions: conditions)
    }

    /// - Throws: `Problem` that names all columns that should be there and are not.
    func check(file: String) throws(Problem) {
        guard !missing.isEmpty else { return }
        throw Problem(
            .inputRefused, "missing_columns",
            "the file has no column \(missing.map { "'\($0)'" }.joined(separator: ", ")); it has \(names.joined(separator: ", "))",
            place: file, advice: "name the columns as the manual does, or say with --map which of the file's they are")
    }

    var unused: [String] {
        names.indices.filter { !used.contains($0) }.map { names[$0] }
    }

    private mutating func index(of name: String) -> Int? {
        let index = indices[Self.key(name)]
        if let index { used.insert(index) }
        return index
    }

    private static func key(_ name: String) -> String {
        String(name.folded.map { $0 == " " || $0 == "-" ? "_" : $0 })
    }
}

/// How values that have many notations are written in the file.
struct Formats: Sendable {
    let dates: DatePattern?
    let zone: TimeZone
    let decimals: DecimalStyle

    init(_ map: ImportMap, date: DatePattern?) {
        dates = date ?? map.dates
        zone = map.zone.flatMap(TimeZone.init(identifier:)) ?? .gmt
        decimals = map.decimals
    }
}
