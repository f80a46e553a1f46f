import Domain
import Foundation

/// A record with what is needed to read its values.
struct Row {
    let record: CSVRecord
    let decoder: TextDecoder

    var line: Int { record.line }

    /// The value of a column of the file; nil when it is empty.
    func text(at index: Int, for column: String?) throws(Reject) -> String? {
        guard let text = record.withBytes(at: index, decoder.text) else {
            let name = decoder.encoding == .utf8 ? "UTF-8" : "GB18030"
            throw Reject(
                .wrongEncoding, column: column, "not \(name) text; is the file in another encoding (--encoding)?")
        }
        guard !text.hasControls else {
            throw Reject(
                .controlCharacter, column: column,
                "a control character, which would change what a terminal or a letter shows")
        }
        return text.isEmpty ? nil : text
    }
}

extension String {
    /// Of the C0 and C1 controls any but tabs and line breaks; and what turns the direction of text (Unicode TR 36).
    fileprivate var hasControls: Bool {
        var isPlain = true
        for byte in utf8 where byte < 0x20 && !(9...13).contains(byte) || byte == 0x7F || byte == 0xC2 || byte == 0xE2 {
            isPlain = false
            break
        }
        return !isPlain
            && unicodeScalars.contains { scalar in
                switch scalar.value {
                case 0x09...0x0D: false
                case ..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
                default: false
                }
            }
    }
}

/// Which rows are meant: those that have one of the values in each of the columns.
struct RowFilter: Sendable {
    struct Condition: Sendable {
        let index: Int
        let values: Set<String>
    }

    let conditions: [Condition]

    func accepts(_ row: Row) throws(Reject) -> Bool {
        for condition in conditions {
            guard let value = try row.text(at: condition.index, for: nil), condition.values.contains(value) else {
                return false
            }
        }
        return true
    }
}

/// One of our columns in the file at hand: reads its value, or says why the row is rejected.
struct Field: Sendable {
    let name: String
    /// Of the file's columns; none when the value is a constant or absent.
    let indices: [Int]
    let rule: ColumnRule?
    /// On which rows the file's value counts.
    let filter: RowFilter
    let formats: Formats

    private static let keys: Set = [
        "number", "external_id", "reference", "customer", "contract", "creditor", "code", "credits", "opportunity",
        "subject",
    ]

    /// The value after the map's rule; nil when there is none.
    func text(_ row: Row) throws(Reject) -> String? {
        guard let text = try source(row) else { return rule?.constant }
        guard !text.utf8.contains(where: { (10...13).contains($0) }) || !Self.keys.contains(name) else {
            throw reject(.controlCharacter, text, "a line break in what other rows and files refer to")
        }
        guard let rule else { return text }
        let value = rule.values[text] ?? text
        return rule.prefix + (rule.isCode ? Folding.code(value) : value)
    }

    func need<Value>(_ value: Value?) throws(Reject) -> Value {
        guard let value else { throw Reject(.missingValue, column: name, "\(name) is required") }
        return value
    }

    func country(_ row: Row) throws(Reject) -> String? {
        guard let text = try text(row) else { return nil }
        guard let code = Country.code(of: text) else {
            throw reject(
                .unknownValue, text, "not a country such as DE (ISO 3166), or its name in English, German or Chinese")
        }
        return code
    }

    func date(_ row: Row) throws(Reject) -> CalendarDate? {
        guard let text = try text(row) else { return nil }
        let date = formats.dates.map { $0.read(text)?.date } ?? CalendarDate(text)
        guard let date else {
            throw reject(.invalidDate, text, "not a date such as \(formats.dates?.description ?? "2026-03-31")")
        }
        return date.adding(days: rule?.plusDays ?? 0)
    }

    func instant(_ row: Row) throws(Reject) -> Date? {
        guard let text = try text(row) else { return nil }
        let instant =
            if let pattern = formats.dates {
                pattern.read(text).map {
                    formats.zone.instant(of: $0.date, minute: $0.seconds / 60).addingTimeInterval(
                        Double($0.seconds % 60))
                }
            } else {
                InstantText.read(text, in: formats.zone)
            }
        guard let instant else {
            throw reject(
                .invalidDate, text, "not a time such as \(formats.dates?.description ?? "2026-03-31T09:30:00Z")")
        }
        return instant
    }

    func integer(_ row: Row, in range: ClosedRange<Int>) throws(Reject) -> Int? {
        guard let text = try text(row) else { return nil }
        guard let number = Int(text) else { throw reject(.invalidNumber, text, "not a whole number") }
        guard range.contains(number) else {
            throw reject(.outOfRange, text, "not between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    /// A decimal with at most four digits after the point.
    func percent(_ row: Row, in range: ClosedRange<Decimal>) throws(Reject) -> Decimal? {
        guard let text = try text(row) else { return nil }
        guard let plain = formats.decimals.plain(text) else { throw reject(.invalidNumber, text, wrongDecimal) }
        let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
        let digits = plain.utf8.drop { $0 == UInt8(ascii: "-") }.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
        guard (1...2).contains(parts.count), digits, let number = Decimal(string: plain) else {
            throw reject(.invalidNumber, text, "not a decimal number")
        }
        guard parts.count == 1 || parts[1].count <= 4 else {
            throw reject(.tooManyDigits, text, "more than four decimals")
        }
        guard range.contains(number) else {
            throw reject(.outOfRange, text, "not between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    private var wrongDecimal: String { "not a decimal such as \(formats.decimals.rawValue)" }

    func currency(_ row: Row) throws(Reject) -> Currency? {
        guard let text = try text(row) else { return nil }
        guard let currency = Currency(text.uppercased()) else {
            throw reject(.unknownCurrency, text, "not a currency of ISO 4217 such as EUR")
        }
        return currency
    }

    /// An amount that is not negative, in minor units.
    func minorUnits(_ row: Row, _ currency: Currency?, _ currencyField: Field) throws(Reject) -> Int? {
        guard let text = try text(row) else { return nil }
        let currency = try currencyField.need(currency)
        do {
            guard let plain = formats.decimals.plain(text) else { throw reject(.invalidNumber, text, wrongDecimal) }
            let minor = try Money(plain, currency: currency).minor
            guard minor >= 0 else { throw reject(.outOfRange, text, "an amount here is not negative") }
            guard minor <= Money.largest else {
                throw reject(.outOfRange, text, "more than \(Money(minor: Money.largest, currency: currency))")
            }
            return minor
        } catch let mistake as Money.Mistake {
            switch mistake {
            case .notANumber: throw reject(.invalidNumber, text, wrongDecimal)
            case .tooManyDigits:
                throw reject(.tooManyDigits, text, "\(currency) has \(currency.minorDigits) digits after the point")
            case .outOfRange: throw reject(.outOfRange, text, "too large")
            }
        } catch let reject as Reject {
            throw reject
        } catch {
            throw reject(.invalidNumber, text, "\(error)")
        }
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ row: Row, of _: Choice.Type) throws(Reject)
        -> Choice?
    {
        guard let text = try text(row) else { return nil }
        guard let choice = Choice(rawValue: text.lowercased()) else {
            throw reject(.unknownValue, text, "not one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    func flag(_ row: Row) throws(Reject) -> Bool? {
        guard let text = try text(row) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "y", "1", "t", "是": return true
        case "false", "no", "n", "0", "f", "否": return false
        default: throw reject(.unknownValue, text, "neither yes nor no")
        }
    }

    func reject(_ reason: Reject.Reason, _ value: String, _ text: String) -> Reject {
        Reject(reason, column: name, value: value, text)
    }

    private func source(_ row: Row) throws(Reject) -> String? {
        guard let first = indices.first, try filter.accepts(row) else { return nil }
        if indices.count == 1 { return try row.text(at: first, for: name) }
        var joined: String?
        for index in indices {
            guard let text = try row.text(at: index, for: name) else { continue }
            joined = joined.map { "\($0) \(text)" } ?? text
        }
        return joined
    }
}
