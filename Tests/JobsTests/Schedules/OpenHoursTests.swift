import Foundation
import TestSupport
import Testing

@testable import Jobs

@Suite struct OpenHoursTests {
    static let office = ["mon-fri": ["08:00-20:00"]]

    func next(_ hours: OpenHours, _ instant: String) throws -> String? {
        hours.nextOpening(after: try Date(instant, strategy: .iso8601))?.ISO8601Format()
    }

    @Test func `it opens at the hour of the next weekday, and is open until the last minute`() throws {
        let hours = try OpenHours(zone: "Europe/Berlin", hours: Self.office)
        #expect(try next(hours, "2026-11-20T18:59:59Z") == "2026-11-20T18:59:59Z")
        #expect(try next(hours, "2026-11-20T19:00:00Z") == "2026-11-23T07:00:00Z")
        #expect(try next(hours, "2026-11-23T06:59:59Z") == "2026-11-23T07:00:00Z")
        #expect(try next(hours, "2026-11-23T07:00:00Z") == "2026-11-23T07:00:00Z")
        let instant = try Date("2026-11-23T07:00:00Z", strategy: .iso8601)
        #expect(hours.isOpen(at: instant) && !hours.isOpen(at: instant - 0.001))
        #expect(hours.nextOpening(after: instant - 0.001) == instant)
    }

    @Test func `it never opens on a holiday, and on a make-up day as on the first day of the week`() throws {
        let hours = try OpenHours(zone: "Asia/Shanghai", hours: Self.office, calendar: WorkingCalendarTests.china)
        // From Saturday 14 February, a make-up day, over the Spring Festival to Tuesday the 24th.
        #expect(try next(hours, "2026-02-13T12:00:00Z") == "2026-02-14T00:00:00Z")
        #expect(try next(hours, "2026-02-14T12:00:00Z") == "2026-02-24T00:00:00Z")
    }

    @Test func `hours that the clock jumps over do not happen, and hours that come twice are open twice`() throws {
        let night = try OpenHours(zone: "Europe/Berlin", hours: ["sat-sun": ["02:15-02:45"]])
        #expect(try next(night, "2026-03-28T12:00:00Z") == "2026-04-04T00:15:00Z")
        #expect(try next(night, "2026-10-24T12:00:00Z") == "2026-10-25T00:15:00Z")
        #expect(try next(night, "2026-10-25T00:45:00Z") == "2026-10-25T01:15:00Z")
        let morning = try OpenHours(zone: "Europe/Berlin", hours: ["sun": ["02:30-06:00"]])
        #expect(try next(morning, "2026-03-29T00:00:00Z") == "2026-03-29T01:00:00Z")
    }

    @Test func `around changes of the clock, any hours open when a minute-by-minute reading says`() throws {
        var random = SeededRandom(seed: 20_261_124)
        // Half an hour, an hour at midnight, an hour at night, and a day that was left out.
        let changes = [
            ("Australia/Lord_Howe", 1_775_314_800), ("Asia/Beirut", 1_774_648_800), ("America/New_York", 1_793_512_800),
            ("Europe/Berlin", 1_774_746_000), ("Pacific/Apia", 1_325_239_200),
        ]
        for (name, change) in changes {
            let zone = try #require(TimeZone(identifier: name))
            for _ in 0..<6 {
                let days = OpenHours.names.shuffled(using: &random).prefix(Int.random(in: 2...6, using: &random))
                var texts: [String: [String]] = [:]
                for day in days {
                    let ends = Set((0..<4).map { _ in Int.random(in: 0...96, using: &random) * 15 }).sorted()
                    texts[day] = stride(from: 0, to: ends.count - 1, by: 2).map { index in
                        func clock(_ minutes: Int) -> String {
                            String(LocalTime(minutes: minutes).description.suffix(5))
                        }
                        return "\(clock(ends[index]))-\(ends[index + 1] == 1_440 ? "24:00" : clock(ends[index + 1]))"
                    }
                }
                let hours = try OpenHours(zone: name, hours: texts)
                var next: Date?
                for instant in stride(from: change + 5 * 86_400, to: change - 2 * 86_400, by: -60) {
                    let date = Date(timeIntervalSince1970: Double(instant))
                    let local = LocalTime(of: date, in: zone)
                    let isOpen = hours.texts[OpenHours.names[local.day.isoWeekday - 1], default: []].contains { text in
                        DayHours(text).map { ($0.from..<$0.until).contains(local.minuteOfDay) } ?? false
                    }
                    try #require(hours.isOpen(at: date) == isOpen, "\(name) \(local) \(texts)")
                    if isOpen { next = date }
                    if instant % 420 == 0, let next {
                        try #require(hours.nextOpening(after: date) == next, "\(name) \(local) \(texts)")
                    }
                }
            }
        }
    }

    @Test func `hours on days that are all holidays do not open`() throws {
        let fridays = (0..<600).map { LocalDay(number: LocalDay("2026-01-02")!.number + 7 * $0).description }
        let calendar = try WorkingCalendar(
            name: "c", holidays: Dictionary(uniqueKeysWithValues: fridays.map { ($0, "no") }))
        let hours = try OpenHours(zone: "UTC", hours: ["fri": ["08:00-09:00"]], calendar: calendar)
        #expect(try next(hours, "2026-01-01T00:00:00Z") == nil)
    }

    @Test(arguments: [
        ("Mars/Olympus", office, "unknown time zone"), ("EST", office, "unknown time zone"),
        ("UTC", [:], "never opens"), ("UTC", ["mon": []], "never opens"),
        ("UTC", ["sat": ["08:00-09:00"]], "says are free"),
        ("UTC", ["fri-mon": ["08:00-09:00"]], "'fri-mon' is no weekday"), ("UTC", ["Mon": ["08:00-09:00"]], "'Mon'"),
        ("UTC", ["mon": ["8:00-9:00"]], "'8:00-9:00' is not hours"), ("UTC", ["mon": ["09:00-08:00"]], "is not hours"),
        ("UTC", ["mon": ["09:00-24:01"]], "is not hours"), ("UTC", ["mon": ["09:00-12:60"]], "is not hours"),
        ("UTC", ["mon": ["08:00-12:00", "11:00-13:00"]], "'11:00-13:00' begins before"),
        ("UTC", ["mon-fri": ["08:00-12:00"], "wed": ["13:00-14:00"]], "wed has hours already"),
    ])
    func `hours that cannot be are refused and told why`(zone: String, hours: [String: [String]], why: String) throws {
        let calendar = try WorkingCalendar(name: "plain")
        let error = #expect(throws: OpenHoursError.self) {
            try OpenHours(zone: zone, hours: hours, calendar: calendar)
        }
        #expect(error?.reason.contains(why) == true, "\(error.map(String.init(describing:)) ?? "")")
    }

    @Test func `hours are stored as they are`() throws {
        let hours = try OpenHours(
            zone: "Asia/Shanghai", hours: ["mon-thu": ["09:00-12:00", "13:30-18:00"], "fri": ["09:00-24:00"]],
            calendar: WorkingCalendarTests.china)
        #expect(try JSONDecoder().decode(OpenHours.self, from: JSONEncoder().encode(hours)) == hours)
    }
}
