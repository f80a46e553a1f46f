import Domain
import Foundation
import TestSupport
import Testing

struct CalendarDateTests {
    @Test func `four hundred years of days follow each other as the calendar says`() throws {
        var (year, month, day) = (1999, 12, 31)
        var date = try #require(CalendarDate("1999-12-31"))
        for _ in 0..<146_097 {
            day += 1
            if day > CalendarDate.daysInMonth(year: year, month: month) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
            let weekday = date.weekday
            date = date.adding(days: 1)
            if date.year != year || date.month != month || date.day != day || date.weekday != weekday % 7 + 1 {
                Issue.record("\(date) (weekday \(date.weekday)) where \(year)-\(month)-\(day) belongs")
                return
            }
        }
        #expect(date.description == "2399-12-31")
    }

    @Test func `every day of the years 1 to 9999 comes back from its parts and its text`() throws {
        let first = try #require(CalendarDate("0001-01-01"))
        let last = try #require(CalendarDate("9999-12-31"))
        for days in stride(from: first.daysSince1970, through: last.daysSince1970, by: 31) {
            let date = CalendarDate(daysSince1970: days)
            #expect(CalendarDate(year: date.year, month: date.month, day: date.day) == date)
            #expect(CalendarDate(date.description) == date)
        }
        #expect(last.days(since: first) == 3_652_058)
    }

    @Test func `dates and weekdays agree with Foundation since the Gregorian reform`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let first = try #require(CalendarDate("1583-01-01"))
        for days in stride(from: first.daysSince1970, through: first.daysSince1970 + 3_000_000, by: 997) {
            let date = CalendarDate(daysSince1970: days)
            let other = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: TimeInterval(days) * 86400))
            #expect([date.year, date.month, date.day] == [other.year, other.month, other.day])
            #expect(date.weekday % 7 + 1 == other.weekday)
        }
    }

    @Test(arguments: [
        ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -13, "2024-12-15"), ("2024-02-29", 12, "2025-02-28"), ("2026-11-30", 3, "2027-02-28"),
    ])
    func `months later is the same day, or the last of a shorter month`(start: String, months: Int, end: String) {
        #expect(CalendarDate(start)?.adding(months: months).description == end)
    }

    @Test func `adding months keeps order and never passes into the month after`() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            let date = CalendarDate(daysSince1970: Int.random(in: -200_000...200_000, using: &random))
            let months = Int.random(in: -500...500, using: &random)
            let later = date.adding(months: months)
            #expect(later.year * 12 + later.month == date.year * 12 + date.month + months)
            #expect(later.day == min(date.day, CalendarDate.daysInMonth(year: later.year, month: later.month)))
            #expect(date.adding(days: 1).adding(months: months) >= later)
        }
    }

    @Test(arguments: [
        "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "0000-01-01", "26-01-01", "2026-1-1", "2026/01/01",
        " 2026-01-01", "2026-01-01T00:00", "+026-01-01", "２０２６-01-01", "", "1900-02-29",
    ])
    func `what is no date is refused`(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test func `a date is a string in JSON, as a value and as a key`() throws {
        let day = try #require(CalendarDate("2026-10-01"))
        let json = try JSONEncoder().encode([day: [day]])
        #expect(String(decoding: json, as: UTF8.self) == #"{"2026-10-01":["2026-10-01"]}"#)
        #expect(try JSONDecoder().decode([CalendarDate: [CalendarDate]].self, from: json) == [day: [day]])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([CalendarDate].self, from: Data(#"["2026-02-30"]"#.utf8))
        }
    }
}
