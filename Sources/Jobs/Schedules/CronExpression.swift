/// When something is to happen, by the wall clock: five fields as in crontab(5).
///
/// Beyond those: `L` and `L-3` as day of month (the last day, three before it), `5L` or `FRIL` (the last Friday) and
/// `FRI#2` (the second) as day of week. Where both day fields are restricted, either lets a day through.
public struct CronExpression: Sendable, Hashable, CustomStringConvertible {
    public let description: String
    private let minutes: CronField
    private let hours: CronField
    private let months: CronField
    private let monthDays: CronField
    private let weekdays: CronField
    /// The minutes of each day that passes, ascending.
    let minutesOfDay: [Int]

    static let aliases = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    public init(_ text: String) throws(CronError) {
        description = text
        var fields = text.split(whereSeparator: \.isWhitespace)
        if fields.count == 1, fields[0].hasPrefix("@") {
            guard let alias = Self.aliases[fields[0].lowercased()] else { throw .unknownAlias(text) }
            fields = alias.split(separator: " ")
        }
        guard fields.count == 5 else { throw .fieldCount(fields.count) }
        minutes = try CronField(fields[0], .minute)
        hours = try CronField(fields[1], .hour)
        monthDays = try CronField(fields[2], .dayOfMonth)
        months = try CronField(fields[3], .month)
        weekdays = try CronField(fields[4], .dayOfWeek)
        minutesOfDay = (0..<1_440).filter { [minutes, hours] in hours.contains($0 / 60) && minutes.contains($0 % 60) }
        // Every combination of date, weekday and leap year comes round in 28 years without a century's exception.
        let start = LocalDay(year: 2001, month: 1, day: 1).number
        guard (start..<start + 28 * 366).contains(where: { passes(LocalDay(number: $0)) }) else {
            throw .neverFires(text)
        }
    }

    func passes(minuteOfDay minute: Int) -> Bool { hours.contains(minute / 60) && minutes.contains(minute % 60) }

    func passes(_ day: LocalDay) -> Bool {
        let (year, month, date) = day.date
        guard months.contains(month) else { return false }
        let last = LocalDay.daysInMonth(month, of: year)
        let byDate = monthDays.contains(date) || monthDays.fromEnd.contains(last - date)
        let weekday = day.weekday
        let byWeekday =
            weekdays.contains(weekday) || weekdays.ordinals.contains([weekday, (date - 1) / 7 + 1])
            || (weekdays.lastWeekdays.contains(weekday) && date + 7 > last)
        return monthDays.isOpen || weekdays.isOpen ? byDate && byWeekday : byDate || byWeekday
    }
}
