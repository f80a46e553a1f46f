/// Which days are worked: the weekdays of every week, less the holidays, plus the days off that make up for one (China's
/// 调休).
public struct WorkingCalendar: Sendable, Hashable {
    public let name: String
    /// ISO 8601: 1 is Monday, 7 is Sunday.
    let weekdays: Set<Int>
    let holidays: [LocalDay: String]
    let workdays: [LocalDay: String]

    /// No run of free days is longer, so that a search for a working day ends.
    static let longestRest = 366

    /// - Parameters:
    ///   - weekdays: those that are worked, by ISO 8601: 1 is Monday, 7 is Sunday.
    ///   - holidays: their names by date, such as `2026-12-25`.
    ///   - workdays: days off the week that are worked all the same, likewise.
    public init(
        name: String, weekdays: Set<Int> = [1, 2, 3, 4, 5], holidays: [String: String] = [:],
        workdays: [String: String] = [:]
    ) throws(CalendarError) {
        self.name = name
        self.weekdays = weekdays
        self.holidays = try Self.days(holidays, of: name)
        self.workdays = try Self.days(workdays, of: name)
        guard weekdays.isSubset(of: 1...7) else {
            throw CalendarError(kind: .invalid, calendar: name, reason: "weekdays are 1 (Monday) to 7 (Sunday)")
        }
        guard !weekdays.isEmpty else {
            throw CalendarError(kind: .neverWorks, calendar: name, reason: "no weekday is worked; name at least one")
        }
        if let both = self.holidays.keys.filter({ self.workdays[$0] != nil }).min() {
            throw CalendarError(
                kind: .invalid, calendar: name, reason: "\(both) is a holiday and a working day; keep one of the two")
        }
        try checkRests()
    }

    private static func days(_ names: [String: String], of calendar: String) throws(CalendarError)
        -> [LocalDay: String]
    {
        var days: [LocalDay: String] = [:]
        for (date, name) in names {
            guard let day = LocalDay(date) else {
                throw CalendarError(
                    kind: .invalid, calendar: calendar, reason: "'\(date)' is no date such as 2026-12-31")
            }
            days[day] = name
        }
        return days
    }

    private func checkRests() throws(CalendarError) {
        var checked = Int.min
        for day in holidays.keys.sorted() where day.number > checked {
            checked = day.number
            while !isWorked(LocalDay(number: checked)) {
                checked += 1
                if checked - day.number > Self.longestRest {
                    throw CalendarError(
                        kind: .neverWorks, calendar: name,
                        reason: "from \(day) on no day is worked for a year; check the holidays")
                }
            }
        }
    }

    func isWorked(_ day: LocalDay) -> Bool { whyFree(day) == nil }

    /// The holiday's name, or the weekday's; nil for a working day.
    func whyFree(_ day: LocalDay) -> String? {
        if let holiday = holidays[day] { return holiday.isEmpty ? "a holiday" : holiday }
        return weekdays.contains(day.isoWeekday) || workdays[day] != nil ? nil : day.weekdayName
    }

    /// The free days between a working day and the next, or the one before it; nearest first.
    func rest(after day: LocalDay) -> [LocalDay] { rest(from: day, step: 1) }
    func rest(before day: LocalDay) -> [LocalDay] { rest(from: day, step: -1) }

    func nextWorked(after day: LocalDay) -> LocalDay { LocalDay(number: day.number + rest(after: day).count + 1) }
    func lastWorked(before day: LocalDay) -> LocalDay { LocalDay(number: day.number - rest(before: day).count - 1) }

    private func rest(from day: LocalDay, step: Int) -> [LocalDay] {
        var days: [LocalDay] = []
        var next = LocalDay(number: day.number + step)
        while !isWorked(next) {
            days.append(next)
            next = LocalDay(number: next.number + step)
        }
        return days
    }
}

/// `{"weekdays": [1, 2, 3, 4, 5], "holidays": {"2026-12-25": "Christmas Day"}, "workdays": {}, "name": "us"}`
extension WorkingCalendar: Codable {
    private enum Keys: String, CodingKey { case name, weekdays, holidays, workdays }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        try self.init(
            name: values.decode(String.self, forKey: .name),
            weekdays: values.decode(Set<Int>.self, forKey: .weekdays),
            holidays: values.decode([String: String].self, forKey: .holidays),
            workdays: values.decode([String: String].self, forKey: .workdays))
    }

    public func encode(to encoder: any Encoder) throws {
        func names(_ days: [LocalDay: String]) -> [String: String] {
            Dictionary(uniqueKeysWithValues: days.map { ($0.key.description, $0.value) })
        }
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(name, forKey: .name)
        try values.encode(weekdays.sorted(), forKey: .weekdays)
        try values.encode(names(holidays), forKey: .holidays)
        try values.encode(names(workdays), forKey: .workdays)
    }
}

/// A calendar that cannot be.
public struct CalendarError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable { case invalid, neverWorks }
    public let kind: Kind
    public let calendar: String
    public let reason: String
    public var description: String { "calendar '\(calendar)': \(reason)" }
}
