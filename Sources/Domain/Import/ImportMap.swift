/// How the files of another program become ours: which of its columns is which, and what is derived from its rows.
///
/// Without a map a file has our own columns, by our own names. A map only says what differs.
package struct ImportMap: Decodable, Sendable, Hashable {
    /// External ids and numbers are unique within a source.
    package var source: String?
    /// How dates and times are written where a column does not say; ISO 8601 otherwise.
    package var dates: DatePattern?
    /// The IANA zone of instants that name no offset.
    package var zone: String?
    package var decimals: DecimalStyle = .plain
    /// In the order in which they are imported.
    package var files: [FileMap] = []

    package init() {}

    private enum CodingKeys: String, CodingKey, CaseIterable { case source, dates, zone, decimals, files }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        source = try container.decodeIfPresent(String.self, forKey: .source)
        dates = try container.decodeIfPresent(DatePattern.self, forKey: .dates)
        zone = try container.decodeIfPresent(String.self, forKey: .zone)
        if let style = try container.decodeIfPresent(String.self, forKey: .decimals) {
            guard let known = DecimalStyle(rawValue: style) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .decimals, in: container,
                    debugDescription: "'\(style)' is none of "
                        + DecimalStyle.allCases.map(\.rawValue).joined(separator: "  "))
            }
            decimals = known
        }
        files = try container.decode([FileMap].self, forKey: .files)
    }
}

/// One file of the other program, and what its rows become.
package struct FileMap: Decodable, Sendable, Hashable {
    /// The file's name, as `ltc import folder` finds it.
    package var file: String
    /// Columns that are known and not used.
    package var ignored: [String] = []
    /// Applied in this order, all in one transaction.
    package var outputs: [OutputMap]

    package init(file: String, outputs: [OutputMap]) {
        self.file = file
        self.outputs = outputs
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case file, ignored, outputs }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        file = try container.decode(String.self, forKey: .file)
        ignored = try container.decodeIfPresent([String].self, forKey: .ignored) ?? []
        outputs = try container.decode([OutputMap].self, forKey: .outputs)
    }
}

/// One kind of thing that rows of a file become.
package struct OutputMap: Decodable, Sendable, Hashable {
    package var kind: ImportKind
    /// Only rows that have one of these values in each of these columns of the file.
    package var only: [String: [String]] = [:]
    /// Our column → where its value comes from. Columns that are not named here are found by our own name.
    package var columns: [String: ColumnRule] = [:]

    package init(kind: ImportKind) { self.kind = kind }

    private enum CodingKeys: String, CodingKey, CaseIterable { case kind, only, columns }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        kind = try container.decode(ImportKind.self, forKey: .kind)
        only = try container.decodeIfPresent([String: [String]].self, forKey: .only) ?? [:]
        columns = try container.decodeIfPresent([String: ColumnRule].self, forKey: .columns) ?? [:]
    }
}

/// The kinds of file that can be imported; the verb of `ltc import`.
package enum ImportKind: String, Codable, Sendable, Hashable, CaseIterable {
    case teams, members, customers, leads, opportunities, contracts, invoices, receipts, activities, rates
}

/// How a file writes 1234.5.
package enum DecimalStyle: String, Codable, Sendable, Hashable, CaseIterable {
    case plain = "1234.50"
    case point = "1,234.50"
    case comma = "1.234,50"

    /// The number with a point and without marks between thousands; nil when marks stand elsewhere than between thousands, since
    /// then it may be written in another style.
    package func plain(_ text: String) -> String? {
        let (mark, point): (Character, Character)
        switch self {
        case .plain: return text
        case .point: (mark, point) = (",", ".")
        case .comma: (mark, point) = (".", ",")
        }
        let parts = text.split(separator: point, omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), parts.count < 2 || !parts[1].contains(mark) else {
            return nil
        }
        let groups = parts[0].drop { $0 == "-" || $0 == "+" }.split(separator: mark, omittingEmptySubsequences: false)
        guard groups.count == 1 || (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy({ $0.count == 3 })
        else { return nil }
        return parts[0].filter { $0 != mark } + (parts.count == 2 ? ".\(parts[1])" : "")
    }
}

extension Decoder {
    /// A container in which a key that is not known is a mistake: a misspelt one would be silently without effect.
    fileprivate func strictContainer<Key: CodingKey & CaseIterable>(
        keyedBy _: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        let known = Set(Key.allCases.map(\.stringValue))
        let found = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        if let unknown = found.sorted().first(where: { !known.contains($0) }) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath,
                    debugDescription: "unknown key '\(unknown)'; known are \(known.sorted().joined(separator: ", "))"))
        }
        return try container(keyedBy: Key.self)
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// Where the value of one of our columns comes from: a column of the file, several joined by a space, or a constant.
package struct ColumnRule: Decodable, Sendable, Hashable {
    package var columns: [String] = []
    /// The value when the file has none.
    package var constant: String?
    /// The file's value → ours; a value that is not named passes as it is.
    package var values: [String: String] = [:]
    package var prefix: String = ""
    /// Make a code of it: `Mei-Mei Johns` → `mei-mei-johns`.
    package var isCode = false
    package var date: DatePattern?
    /// So many days later than the file says.
    package var plusDays = 0
    /// The file's value counts only on rows that have one of these values in each of these columns.
    package var when: [String: [String]] = [:]

    package init(columns: [String] = [], constant: String? = nil) {
        self.columns = columns
        self.constant = constant
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case column, columns, constant, values, prefix, code, date, when
        case plusDays = "plus_days"
    }

    /// A string alone is the name of a column of the file.
    package init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            columns = [name]
            return
        }
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        columns = try container.decodeIfPresent([String].self, forKey: .columns) ?? []
        if let column = try container.decodeIfPresent(String.self, forKey: .column) { columns.append(column) }
        constant = try container.decodeIfPresent(String.self, forKey: .constant)
        values = try container.decodeIfPresent([String: String].self, forKey: .values) ?? [:]
        prefix = try container.decodeIfPresent(String.self, forKey: .prefix) ?? ""
        isCode = try container.decodeIfPresent(Bool.self, forKey: .code) ?? false
        date = try container.decodeIfPresent(DatePattern.self, forKey: .date)
        plusDays = try container.decodeIfPresent(Int.self, forKey: .plusDays) ?? 0
        when = try container.decodeIfPresent([String: [String]].self, forKey: .when) ?? [:]
    }
}
