import Foundation

/// A stretch of one day, in minutes after midnight; `until` is no longer in it.
struct DayHours: Sendable, Hashable, LosslessStringConvertible {
    let from: Int
    let until: Int

    /// Reads `09:00-17:30`; a day ends at `24:00`.
    init?(_ description: String) {
        let ends = description.split(separator: "-", omittingEmptySubsequences: false).map { end -> Int? in
            let parts = end.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.map(\.utf8.count) == [2, 2], parts.joined().utf8.allSatisfy({ (48...57).contains($0) }),
                let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60
            else { return nil }
            return hour * 60 + minute
        }
        guard ends.count == 2, let from = ends[0], let until = ends[1], from < until, until <= 24 * 60 else {
            return nil
        }
        self.from = from
        self.until = until
    }

    var description: String {
        func clock(_ minutes: Int) -> String {
            let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
            return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
        }
        return "\(clock(from))-\(clock(until))"
    }
}

extension OpenHours {
    static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// `tue`, or `mon-fri`: ISO 8601 weekdays.
    static func weekdays(_ text: String) throws(OpenHoursError) -> ClosedRange<Int> {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { names.firstIndex(of: String($0)) }
        switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
        case (1, let day?, _): return day + 1...day + 1
        case (2, let first?, let last?) where first < last: return first + 1...last + 1
        default:
            throw OpenHoursError(
                reason: "'\(text)' is no weekday (\(names.joined(separator: " "))) or range such as mon-fri")
        }
    }

    static func ascending(_ texts: [String]) throws(OpenHoursError) -> [DayHours] {
        var hours: [DayHours] = []
        for text in texts {
            guard let stretch = DayHours(text) else {
                throw OpenHoursError(reason: "'\(text)' is not hours such as 09:00-17:30")
            }
            hours.append(stretch)
        }
        hours.sort { $0.from < $1.from }
        if let (_, second) = zip(hours, hours.dropFirst()).first(where: { $0.until > $1.from }) {
            throw OpenHoursError(reason: "'\(second)' begins before the hours before it have ended")
        }
        return hours
    }
}

/// `{"zone": "Europe/Berlin", "hours": {"mon": ["08:00-20:00"], …}, "calendar": {…}}`
extension OpenHours: Codable {
    private enum Keys: String, CodingKey { case zone, hours, calendar }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        try self.init(
            zone: values.decode(String.self, forKey: .zone),
            hours: values.decode([String: [String]].self, forKey: .hours),
            calendar: values.decodeIfPresent(WorkingCalendar.self, forKey: .calendar))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(zone.identifier, forKey: .zone)
        try values.encode(texts, forKey: .hours)
        try values.encodeIfPresent(calendar, forKey: .calendar)
    }
}
