package import Foundation

/// An instant as files write it.
package enum InstantText {
    /// Reads ISO 8601: `2026-03-31T09:30:00Z`, `2026-03-31 09:30:00.25+02:00`, `2026-03-31T09:30` or `2026-03-31`.
    ///
    /// Without an offset it is the local time of `zone`; a day alone is its first moment there.
    package static func read(_ text: String, in zone: TimeZone) -> Date? {
        guard text.utf8.count >= 10, let date = CalendarDate(text.prefix(10)) else { return nil }
        var rest = text.utf8.dropFirst(10)
        guard let separator = rest.popFirst() else { return zone.instant(of: date, minute: 0) }
        guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: " ") else { return nil }
        guard let hour = rest.popNumber(), hour < 24, rest.popFirst() == UInt8(ascii: ":"),
            let minute = rest.popNumber(), minute < 60
        else { return nil }
        var seconds = hour * 3600 + minute * 60
        var fraction = 0.0
        if rest.first == UInt8(ascii: ":") {
            rest = rest.dropFirst()
            guard let second = rest.popNumber(), second < 60 else { return nil }
            seconds += second
            if rest.first == UInt8(ascii: ".") {
                let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
                guard (1...9).contains(digits.count) else { return nil }
                rest = rest.dropFirst(1 + digits.count)
                // Microseconds are what the database keeps.
                let padded = (Array(digits) + [UInt8](repeating: 0x30, count: 6)).prefix(6)
                fraction = Double(padded.reduce(0) { $0 * 10 + Int($1 - 0x30) }) / 1e6
            }
        }
        guard let sign = rest.popFirst() else {
            return zone.instant(of: date, minute: seconds / 60).addingTimeInterval(Double(seconds % 60) + fraction)
        }
        let utc = Double(date.daysSince1970 * 86_400 + seconds) + fraction
        if sign == UInt8(ascii: "Z") { return rest.isEmpty ? Date(timeIntervalSince1970: utc) : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = rest.popNumber(), hours < 24 else {
            return nil
        }
        if rest.first == UInt8(ascii: ":") { rest = rest.dropFirst() }
        guard let minutes = rest.isEmpty ? 0 : rest.popNumber(), minutes < 60, rest.isEmpty else { return nil }
        let offset = Double(hours * 3600 + minutes * 60)
        return Date(timeIntervalSince1970: sign == UInt8(ascii: "+") ? utc - offset : utc + offset)
    }
}

extension Substring.UTF8View {
    /// Takes two digits off the front.
    fileprivate mutating func popNumber() -> Int? {
        guard let tens = popFirst(), let ones = popFirst(), (0x30...0x39).contains(tens), (0x30...0x39).contains(ones)
        else { return nil }
        return Int(tens - 0x30) * 10 + Int(ones - 0x30)
    }
}
