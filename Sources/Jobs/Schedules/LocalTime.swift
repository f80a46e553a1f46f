import Foundation

/// A day of the proleptic Gregorian calendar, counted from 1970-01-01, with no zone.
struct LocalDay: Sendable, Hashable, Comparable {
    let number: Int

    init(number: Int) { self.number = number }

    init(year: Int, month: Int, day: Int) {
        // Days from civil: years begin in March, so that the leap day is the last; eras are of 400 years.
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    var date: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// Sunday is 0.
    var weekday: Int {
        let weekday = (number + 4) % 7
        return weekday < 0 ? weekday + 7 : weekday
    }

    /// ISO 8601: Monday is 1, Sunday 7.
    var isoWeekday: Int { weekday == 0 ? 7 : weekday }

    var weekdayName: String {
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"][weekday]
    }

    static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static func < (left: LocalDay, right: LocalDay) -> Bool { left.number < right.number }
}

extension LocalDay: LosslessStringConvertible {
    /// Reads `2026-03-29`; nil for anything else, and for a day that there is not.
    init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.joined().utf8.allSatisfy({ (48...57).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month),
            (1...Self.daysInMonth(month, of: year)).contains(day)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    var description: String {
        let (year, month, day) = date
        return "\(twoDigits(year / 100))\(twoDigits(year % 100))-\(twoDigits(month))-\(twoDigits(day))"
    }
}

/// What a wall clock shows, to the minute, with no zone: minutes since 1970-01-01T00:00.
public struct LocalTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    let minutes: Int

    init(minutes: Int) { self.minutes = minutes }

    init(_ day: LocalDay, minuteOfDay: Int) { minutes = day.number * 1_440 + minuteOfDay }

    var day: LocalDay { LocalDay(number: minutes >= 0 ? minutes / 1_440 : (minutes - 1_439) / 1_440) }
    var minuteOfDay: Int { minutes - day.number * 1_440 }

    public static func < (left: LocalTime, right: LocalTime) -> Bool { left.minutes < right.minutes }

    /// ISO 8601 to the minute: `2026-03-29T02:30`.
    public var description: String { "\(day)T\(twoDigits(minuteOfDay / 60)):\(twoDigits(minuteOfDay % 60))" }
}

extension LocalTime {
    /// What the clock of a zone shows; the seconds are cut off.
    init(of instant: Date, in zone: TimeZone) {
        let second = instant.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: instant))
        self.init(minutes: Int((second / 60).rounded(.down)))
    }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
