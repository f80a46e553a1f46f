import Foundation
import TestSupport
import Testing

@testable import Jobs

@Suite struct WorkingCalendarTests {
    /// 国务院办公厅关于2026年部分节假日安排的通知: the New Year, the Spring Festival and what makes up for them.
    static let china = try! WorkingCalendar(
        name: "cn",
        holidays: [
            "2026-01-01": "元旦", "2026-01-02": "元旦", "2026-01-03": "元旦", "2026-02-15": "春节", "2026-02-16": "春节",
            "2026-02-17": "春节", "2026-02-18": "春节", "2026-02-19": "春节", "2026-02-20": "春节", "2026-02-21": "春节",
            "2026-02-22": "春节", "2026-02-23": "春节",
        ],
        workdays: ["2026-01-04": "元旦调休", "2026-02-14": "春节调休", "2026-02-28": "春节调休"])

    /// Local times of the first that fire and, in brackets, that are left out.
    static func times(
        _ cron: String, _ policy: HolidayPolicy, _ calendar: WorkingCalendar = china, after start: String, _ count: Int,
        zone: String = "Asia/Shanghai"
    ) throws -> [String] {
        let zone = try #require(TimeZone(identifier: zone))
        return try Occurrences(
            CronExpression(cron), after: Date(start, strategy: .iso8601), in: zone, calendar: (calendar, policy)
        ).prefix(count).map { occurrence in
            let time = "\(occurrence.localTime) at \(LocalTime(of: occurrence.instant, in: zone))"
            return occurrence.isDropped ? "(\(time))" : time
        }
    }

    @Test func `free days are skipped, and make-up days are worked`() throws {
        let times = try Self.times("30 9 * * *", .skip, after: "2026-02-12T16:00:00Z", 17)
        let fired = times.filter { !$0.hasPrefix("(") }.map { $0.prefix(10) }
        #expect(
            fired == ["2026-02-13", "2026-02-14", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27", "2026-02-28"])
        #expect(times.count { $0.hasPrefix("(") } == 10)
    }

    @Test func `an occurrence moves to the next working day, or to the one before, at the same time`() throws {
        #expect(
            try Self.times("0 9 16 2 *", .next, after: "2026-01-01T00:00:00Z", 1)
                == ["2026-02-16T09:00 at 2026-02-24T09:00"])
        #expect(
            try Self.times("0 9 16 2 *", .previous, after: "2026-01-01T00:00:00Z", 1)
                == ["2026-02-16T09:00 at 2026-02-14T09:00"])
        #expect(
            try Self.times("0 9 1 1 *", .next, after: "2025-12-31T00:00:00Z", 1)
                == ["2026-01-01T09:00 at 2026-01-04T09:00"])
        #expect(
            try Self.times("0 9 1 1 *", .fire, after: "2025-12-31T00:00:00Z", 1)
                == ["2026-01-01T09:00 at 2026-01-01T09:00"])
    }

    @Test func `of those that come to stand at one time the day's own fires, and without one the nearest`() throws {
        #expect(
            try Self.times("0 9 * * *", .next, after: "2026-03-05T16:00:00Z", 4) == [
                "2026-03-06T09:00 at 2026-03-06T09:00", "2026-03-09T09:00 at 2026-03-09T09:00",
                "(2026-03-08T09:00 at 2026-03-09T09:00)", "(2026-03-07T09:00 at 2026-03-09T09:00)",
            ])
        #expect(
            try Self.times("0 9 * * sat,sun", .previous, after: "2026-03-04T16:00:00Z", 2) == [
                "2026-03-07T09:00 at 2026-03-06T09:00", "(2026-03-08T09:00 at 2026-03-06T09:00)",
            ])
    }

    @Test func `why an occurrence was moved is said with the holiday's name, and what took its place`() throws {
        let zone = try #require(TimeZone(identifier: "Asia/Shanghai"))
        let start = try Date("2026-01-01T00:00:00Z", strategy: .iso8601)
        let found = Occurrences(
            try CronExpression("0 9 2,4 1 *"), after: start, in: zone, calendar: (Self.china, .next)
        ).prefix(2).map(\.reason)
        #expect(
            found == [nil, "moved on from 2026-01-02T09:00 (元旦); that of 2026-01-04T09:00 stands at the same time"])
        let weekend = Occurrences(
            try CronExpression("0 9 8 3 *"), after: start, in: zone, calendar: (Self.china, .skip)
        ).first { _ in true }
        #expect(weekend?.isDropped == true && weekend?.reason == "2026-03-08 is free (Sunday)")
    }

    @Test
    func `an occurrence that is moved into a gap of the clock is shifted, and one into an overlap is by its policy`()
        throws
    {
        // In a week from Sunday to Thursday, Friday's stands on Sunday 29 March 2026 at 02:30, which Berlin does not have.
        let week = try WorkingCalendar(name: "gulf", weekdays: [7, 1, 2, 3, 4])
        #expect(
            try Self.times("30 2 27 3 *", .next, week, after: "2026-03-01T00:00:00Z", 1, zone: "Europe/Berlin")
                == ["2026-03-27T02:30 at 2026-03-29T03:30"])
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let start = try Date("2026-10-01T00:00:00Z", strategy: .iso8601)
        func instants(_ overlap: OverlapPolicy) throws -> [String] {
            Occurrences(
                try CronExpression("30 2 24 10 *"), after: start, in: zone, overlap: overlap, calendar: (week, .next)
            ).prefix { $0.instant < start + 60 * 86_400 }.map { "\($0.instant.ISO8601Format()) \($0.fold)" }
        }
        #expect(try instants(.first) == ["2026-10-25T00:30:00Z 0"])
        #expect(try instants(.last) == ["2026-10-25T01:30:00Z 0"])
        #expect(try instants(.both) == ["2026-10-25T00:30:00Z 0", "2026-10-25T01:30:00Z 1"])
    }

    @Test(
        arguments: [
            ("no weekday is worked", Set<Int>(), [:], [:]), ("1 (Monday) to 7", [8], [:], [:]),
            ("'2026-02-30' is no date", [1], ["2026-02-30": "x"], [:]),
            ("'26-1-1' is no date", [1], [:], ["26-1-1": "x"]),
            ("2026-01-01 is a holiday and a working day", [1], ["2026-01-01": "x"], ["2026-01-01": "y"]),
        ] as [(String, Set<Int>, [String: String], [String: String])])
    func `a calendar that cannot be is refused and told why`(
        why: String, weekdays: Set<Int>, holidays: [String: String], workdays: [String: String]
    ) {
        let error = #expect(throws: CalendarError.self) {
            try WorkingCalendar(name: "x", weekdays: weekdays, holidays: holidays, workdays: workdays)
        }
        #expect(error?.reason.contains(why) == true, "\(error.map(String.init(describing:)) ?? "")")
    }

    @Test func `a year without a working day is refused, a day less is not`() throws {
        let first = LocalDay(year: 2026, month: 1, day: 1).number
        func holidays(_ count: Int) -> [String: String] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { (LocalDay(number: first + $0).description, "") })
        }
        let week: Set<Int> = [1, 2, 3, 4, 5, 6, 7]
        _ = try WorkingCalendar(name: "x", weekdays: week, holidays: holidays(366))
        let error = #expect(throws: CalendarError.self) {
            try WorkingCalendar(name: "x", weekdays: week, holidays: holidays(367))
        }
        #expect(error?.reason.contains("from 2026-01-01 on no day is worked for a year") == true)
    }

    @Test func `a calendar is stored as it is`() throws {
        let data = try JSONEncoder().encode(Self.china)
        #expect(try JSONDecoder().decode(WorkingCalendar.self, from: data) == Self.china)
    }

    /// A slow and obvious reading: every named time is put on its day by stepping from day to day, and then they are told
    /// apart.
    static func slots(
        _ fires: (Int) -> Bool, _ policy: HolidayPolicy, _ isWorked: (Int) -> Bool, days: Range<Int>
    ) -> [Int: [ClockReference.Slot]] {
        var standing: [Int: [(nominal: Int, isDropped: Bool)]] = [:]
        for local in (days.lowerBound * 1_440)..<(days.upperBound * 1_440) where fires(local) {
            var day = local / 1_440
            if !isWorked(day), policy == .next || policy == .previous {
                repeat { day += policy == .next ? 1 : -1 } while !isWorked(day)
            }
            standing[day * 1_440 + local % 1_440, default: []].append((local, policy == .skip && !isWorked(day)))
        }
        return standing.reduce(into: [:]) { slots, here in
            let nearest = here.value.map { abs($0.nominal - here.key) }.min()
            slots[here.key] = here.value.map {
                ClockReference.Slot(
                    nominal: $0.nominal, isDropped: $0.isDropped || abs($0.nominal - here.key) != nearest)
            }
        }
    }

    @Test(arguments: [
        ("Europe/Berlin", 1_774_746_000), ("Europe/Berlin", 1_792_890_000), ("America/New_York", 1_793_512_800),
    ])
    func `around a change of the clock, what any calendar moves agrees with a day-by-day reference`(
        name: String, change: Int
    ) throws {
        var random = SeededRandom(seed: UInt64(change))
        let zone = try #require(TimeZone(identifier: name))
        let (start, end) = (change - 6 * 86_400, change + 6 * 86_400)
        let days = (start / 86_400 - 40)..<(end / 86_400 + 40)
        let reference = ClockReference(zone, from: start, to: end)
        for round in 0..<24 {
            let weekdays = Set((1...7).shuffled(using: &random).prefix(Int.random(in: 2...6, using: &random)))
            let holidays = Set((0..<12).map { _ in Int.random(in: days, using: &random) })
            let workdays = Set((0..<6).map { _ in Int.random(in: days, using: &random) }).subtracting(holidays)
            func names(_ days: Set<Int>) -> [String: String] {
                Dictionary(uniqueKeysWithValues: days.map { (LocalDay(number: $0).description, "") })
            }
            let calendar = try WorkingCalendar(
                name: "c", weekdays: weekdays, holidays: names(holidays), workdays: names(workdays))
            func isWorked(_ day: Int) -> Bool {
                workdays.contains(day) || !holidays.contains(day) && weekdays.contains((day + 3) % 7 + 1)
            }
            let expression = OccurrencesTests.expressions[3 + round % 4]
            let (gap, overlap) = (GapPolicy.allCases[round % 2], OverlapPolicy.allCases[round % 3])
            for policy in HolidayPolicy.allCases {
                let slots = Self.slots(expression.fires, policy, isWorked, days: days)
                let found = Occurrences(
                    try CronExpression(expression.cron), after: Date(timeIntervalSince1970: Double(start) - 1),
                    in: zone,
                    gap: gap, overlap: overlap, calendar: (calendar, policy)
                ).found(before: end)
                let expected = reference.occurrences(gap: gap, overlap: overlap) { slots[$0] ?? [] }
                try #require(found == expected, "\(expression.cron) \(policy) \(gap) \(overlap) \(calendar)")
            }
        }
    }
}
