import Domain
import Foundation
import TestSupport
import Testing

struct WorkingClockTests {
    typealias Shift = WeeklyHours.Shift
    /// With a break at noon, and a short Friday.
    static let hours = WeeklyHours([
        1: longDay, 2: longDay, 3: longDay, 4: longDay, 5: [Shift("09:00-12:00")!, Shift("13:00-15:00")!],
    ])!
    static let longDay = [Shift("09:00-12:00")!, Shift("13:00-18:00")!]
    static let nights = WeeklyHours([6: [Shift("22:00-24:00")!], 7: [Shift("00:00-08:00")!]])!
    static var everyDay: CalendarPlan {
        var plan = CalendarPlan(code: "always")
        plan.weekend = []
        return plan
    }

    static func clock(
        _ zone: String, hours: WeeklyHours = hours, calendar: CalendarPlan? = nil, absences: [DateInterval] = []
    ) -> WorkingClock {
        WorkingClock(
            zone: TimeZone(identifier: zone)!, hours: hours, calendar: BusinessCalendar(calendar), absences: absences)
    }

    static func instant(_ text: String) -> Date { try! Date(text, strategy: .iso8601) }

    /// Clocks with a change of the clock, a golden week, absences and a night shift, each with a month to look at.
    static let cases: [(clock: WorkingClock, from: Date)] = [
        (clock("Europe/Berlin"), instant("2026-03-20T00:00:00Z")),
        (clock("Asia/Shanghai", calendar: .china), instant("2026-09-18T00:00:00Z")),
        (clock("Europe/Berlin", hours: nights, calendar: everyDay), instant("2026-03-20T00:00:00Z")),
        (clock("America/New_York", hours: nights, calendar: everyDay), instant("2026-10-24T00:00:00Z")),
        (
            clock(
                "America/New_York",
                absences: [
                    DateInterval(start: instant("2026-03-09T14:20:00Z"), end: instant("2026-03-11T16:00:00Z")),
                    DateInterval(start: instant("2026-03-12T17:00:00Z"), end: instant("2026-03-12T18:30:00Z")),
                ]), instant("2026-03-01T00:00:00Z")
        ),
    ]

    @Test(arguments: 0..<cases.count)
    func `hours agree with counting worked minutes one by one`(index: Int) {
        let (clock, from) = Self.cases[index]
        var random = SeededRandom(seed: UInt64(index))
        for _ in 0..<12 {
            let start = from.addingTimeInterval(TimeInterval(Int.random(in: 0..<20 * 1440, using: &random) * 60))
            let minutes = Int.random(in: 1...1500, using: &random)
            var (end, left) = (start, minutes)
            while left > 0 {
                if clock.isWorking(at: end) { left -= 1 }
                end += 60
            }
            #expect(clock.instant(after: .seconds(minutes * 60), from: start) == end)
        }
    }

    @Test(arguments: 0..<cases.count)
    func `working time added is additive and never runs backwards`(index: Int) {
        let (clock, from) = Self.cases[index]
        var random = SeededRandom(seed: 40 + UInt64(index))
        for _ in 0..<60 {
            let start = from.addingTimeInterval(TimeInterval(Int.random(in: 0..<20 * 86400, using: &random)))
            let later = start.addingTimeInterval(TimeInterval(Int.random(in: 0..<3 * 86400, using: &random)))
            let (a, b) = (Int.random(in: 0...90_000, using: &random), Int.random(in: 0...90_000, using: &random))
            let once = clock.instant(after: .seconds(a), from: start)
            #expect(clock.instant(after: .seconds(b), from: once) == clock.instant(after: .seconds(a + b), from: start))
            #expect(once >= start)
            #expect(once <= clock.instant(after: .seconds(a), from: later))
            let days = Int.random(in: 1...9, using: &random)
            #expect(
                clock.instant(after: .days(days), from: start) <= clock.instant(after: .days(days), from: later))
            #expect(clock.instant(after: .days(days), from: start) < clock.instant(after: .days(days + 1), from: start))
        }
    }

    @Test(arguments: 0..<cases.count)
    func `the next working instant is worked, and none before it is`(index: Int) {
        let (clock, from) = Self.cases[index]
        for minute in stride(from: 0, to: 20 * 1440, by: 37) {
            let start = from.addingTimeInterval(TimeInterval(minute * 60))
            let next = clock.nextWorkingInstant(from: start)
            #expect(clock.isWorking(at: next))
            let between = stride(from: start, to: next, by: 60)
            #expect(between.allSatisfy { !clock.isWorking(at: $0) })
        }
    }

    @Test func `the hour that a night loses in March is not worked, and the one it gains in October is`() {
        let berlin = Self.clock("Europe/Berlin", hours: Self.nights, calendar: Self.everyDay)
        func length(_ day: String) -> TimeInterval {
            berlin.shifts(on: CalendarDate(day)!).map(\.duration).reduce(0, +) / 3600
        }
        #expect(length("2026-03-22") == 8)
        #expect(length("2026-03-29") == 7)
        #expect(length("2026-10-25") == 9)
    }

    @Test(arguments: [
        // Monday 10:30 → Wednesday 10:30; Saturday counts from Monday morning; Thursday 16:00 is clamped on a Friday.
        ("2026-01-05T09:30:00Z", 2, "2026-01-07T09:30:00Z"), ("2026-01-03T13:00:00Z", 1, "2026-01-06T08:00:00Z"),
        ("2026-01-08T15:00:00Z", 1, "2026-01-09T14:00:00Z"), ("2026-03-27T10:00:00Z", 1, "2026-03-30T09:00:00Z"),
    ])
    func `days later is the same time of day, so many worked days later`(start: String, days: Int, end: String) {
        let isLongFriday = start.hasPrefix("2026-03")
        let clock = Self.clock("Europe/Berlin", hours: isLongFriday ? .officeHours : Self.hours)
        #expect(clock.instant(after: .days(days), from: Self.instant(start)) == Self.instant(end))
    }

    @Test func `a Sunday that makes up for a holiday is worked like a Monday`() throws {
        let clock = Self.clock("Asia/Shanghai", calendar: .china)
        let sunday = try #require(CalendarDate("2026-09-20"))
        #expect(clock.shifts(on: sunday).map(\.duration) == [3 * 3600, 5 * 3600])
        let eve = Self.instant("2026-09-30T09:30:00Z")
        #expect(clock.instant(after: .seconds(3600), from: eve) == Self.instant("2026-10-08T01:30:00Z"))
    }

    @Test func `a clock that stands still for good says so`() {
        let gone = DateInterval(start: .distantPast, end: .distantFuture)
        let clock = Self.clock("Europe/Berlin", absences: [gone])
        let start = Self.instant("2026-01-05T09:30:00Z")
        for span in [WorkingSpan.seconds(1), .days(1)] {
            #expect(clock.instant(after: span, from: start) == .distantFuture)
        }
        #expect(clock.instant(after: .seconds(0), from: start) == start)
    }
}
