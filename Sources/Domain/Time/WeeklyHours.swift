/// The hours that a team works, by ISO weekday, in the team's zone.
package struct WeeklyHours: Sendable, Hashable {
    /// A stretch of one day, in minutes after midnight; `until` is no longer in it.
    package struct Shift: Sendable, Hashable {
        package let from: Int
        package let until: Int

        package init?(from: Int, until: Int) {
            guard 0 <= from, from < until, until <= 24 * 60 else { return nil }
            self.from = from
            self.until = until
        }
    }

    /// Ascending and apart from each other; a day without work is not in it.
    package private(set) var shifts: [Int: [Shift]]

    /// Nil when the shifts of a day overlap or a weekday is not in 1…7.
    package init?(_ shifts: [Int: [Shift]]) {
        guard shifts.keys.allSatisfy((1...7).contains) else { return nil }
        self.shifts = shifts.filter { !$0.value.isEmpty }.mapValues { $0.sorted { $0.from < $1.from } }
        for day in self.shifts.values {
            guard zip(day, day.dropFirst()).allSatisfy({ $0.until <= $1.from }) else { return nil }
        }
    }

    /// Nine to half past five, Monday to Friday.
    package static let officeHours = WeeklyHours(
        Dictionary(uniqueKeysWithValues: (1...5).map { ($0, [Shift(from: 9 * 60, until: 17 * 60 + 30)!]) }))!
}

/// `{"1": ["09:00-12:00", "13:00-18:00"], …}` by ISO weekday.
extension WeeklyHours: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hours = WeeklyHours(try container.decode([Int: [Shift]].self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "shifts overlap, or no weekday")
        }
        self = hours
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(shifts)
    }
}

extension WeeklyHours.Shift: LosslessStringConvertible, Codable {
    /// `09:00-17:30`
    package init?(_ description: String) {
        let ends = description.split(separator: "-", omittingEmptySubsequences: false).map { end -> Int? in
            let parts = end.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.first != "+" }),
                let hour = Int(parts[0]), let minute = Int(parts[1]), (0...24).contains(hour), (0...59).contains(minute)
            else { return nil }
            return hour * 60 + minute
        }
        guard ends.count == 2, let from = ends[0], let until = ends[1] else { return nil }
        self.init(from: from, until: until)
    }

    package var description: String {
        func clock(_ minutes: Int) -> String {
            let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
            return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
        }
        return "\(clock(from))-\(clock(until))"
    }

    package init(from decoder: any Decoder) throws { self = try .decoded(from: decoder) }
    package func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}
