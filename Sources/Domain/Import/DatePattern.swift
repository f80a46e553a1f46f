/// How a file writes dates and instants: `YYYY-MM-DD`, `DD-MM-YY`, `M/D/YYYY h:mm a`, `YYYY年M月D日 HH:mm`.
///
/// `YYYY` `YY` `MM` `M` `DD` `D` are year, month and day; `HH` `H` the hour of 24, `hh` `h` the hour of 12 with `a` for
/// AM or PM; `mm` minutes, `ss` seconds. A doubled letter takes exactly two digits, a single one takes one or two. Of two-digit years
/// 69 to 99 are 19xx, as in POSIX. All other characters stand for themselves.
package struct DatePattern: Hashable, Sendable {
    private enum Part: Hashable {
        case number(Unit, digits: ClosedRange<Int>)
        case half
        case literal(UInt8)
    }

    private enum Unit: Hashable { case year, month, day, hour, hourOfTwelve, minute, second }

    private static let tokens: [(String, Part)] = [
        ("YYYY", .number(.year, digits: 4...4)), ("YY", .number(.year, digits: 2...2)),
        ("MM", .number(.month, digits: 2...2)), ("M", .number(.month, digits: 1...2)),
        ("DD", .number(.day, digits: 2...2)), ("D", .number(.day, digits: 1...2)),
        ("HH", .number(.hour, digits: 2...2)), ("H", .number(.hour, digits: 1...2)),
        ("hh", .number(.hourOfTwelve, digits: 2...2)), ("h", .number(.hourOfTwelve, digits: 1...2)),
        ("mm", .number(.minute, digits: 2...2)), ("ss", .number(.second, digits: 2...2)), ("a", .half),
    ]

    private let parts: [Part]
    package let description: String

    /// Nil when the pattern names no year, no month or no day, or one twice.
    package init?(_ description: String) {
        var rest = description[...]
        var parts: [Part] = []
        while let character = rest.first {
            if let (token, part) = Self.tokens.first(where: { rest.hasPrefix($0.0) }) {
                parts.append(part)
                rest = rest.dropFirst(token.count)
            } else {
                parts += character.utf8.map(Part.literal)
                rest = rest.dropFirst()
            }
        }
        let units = parts.compactMap { part -> Unit? in
            if case .number(let unit, _) = part { unit } else { nil }
        }
        guard Set(units).isSuperset(of: [.year, .month, .day]), Set(units).count == units.count else { return nil }
        self.parts = parts
        self.description = description
    }

    /// The day, and the seconds after midnight that the pattern asks for; nil when the text is not as the pattern says
    /// or there is no such day or time.
    package func read(_ text: String) -> (date: CalendarDate, seconds: Int)? {
        var values: [Unit: Int] = [:]
        var isAfternoon: Bool?
        var rest = text.utf8[...]
        for part in parts {
            switch part {
            case .literal(let byte):
                guard rest.popFirst() == byte else { return nil }
            case .half:
                guard let letter = rest.popFirst(), let m = rest.popFirst(), m | 0x20 == UInt8(ascii: "m") else {
                    return nil
                }
                guard letter | 0x20 == UInt8(ascii: "a") || letter | 0x20 == UInt8(ascii: "p") else { return nil }
                isAfternoon = letter | 0x20 == UInt8(ascii: "p")
            case .number(let unit, let digits):
                let found = rest.prefix(digits.upperBound).prefix { (0x30...0x39).contains($0) }
                guard digits.contains(found.count) else { return nil }
                rest = rest.dropFirst(found.count)
                var value = found.reduce(0) { $0 * 10 + Int($1 - 0x30) }
                if unit == .year, digits.upperBound == 2 { value += value >= 69 ? 1900 : 2000 }
                values[unit] = value
            }
        }
        if let hour = values[.hourOfTwelve] {
            guard (1...12).contains(hour), let isAfternoon else { return nil }
            values[.hour] = hour % 12 + (isAfternoon ? 12 : 0)
        }
        let (hour, minute, second) = (values[.hour] ?? 0, values[.minute] ?? 0, values[.second] ?? 0)
        guard rest.isEmpty, hour < 24, minute < 60, second < 60,
            let date = CalendarDate(year: values[.year]!, month: values[.month]!, day: values[.day]!)
        else { return nil }
        return (date, hour * 3600 + minute * 60 + second)
    }
}

extension DatePattern: LosslessStringConvertible, Codable {
    package init(from decoder: any Decoder) throws { self = try .decoded(from: decoder) }
    package func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}
