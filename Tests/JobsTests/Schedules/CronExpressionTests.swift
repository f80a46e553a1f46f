import Foundation
import Testing

@testable import Jobs

@Suite struct CronExpressionTests {
    static let utc = TimeZone(identifier: "UTC")!

    /// The first local times after a local time, in UTC.
    func times(_ cron: String, after text: String, _ count: Int = 3) throws -> [String] {
        let start = try Date("\(text):00Z", strategy: .iso8601)
        return Occurrences(try CronExpression(cron), after: start, in: Self.utc).prefix(count)
            .map(\.localTime.description)
    }

    @Test(arguments: [
        ("*/15 * * * *", ["2026-11-23T07:15", "2026-11-23T07:30", "2026-11-23T07:45"]),
        ("5/20 7 * * *", ["2026-11-23T07:05", "2026-11-23T07:25", "2026-11-23T07:45"]),
        ("0 9-17/4 * * MON-FRI", ["2026-11-23T09:00", "2026-11-23T13:00", "2026-11-23T17:00"]),
        ("30 8 1,15 * *", ["2026-12-01T08:30", "2026-12-15T08:30", "2027-01-01T08:30"]),
        ("0 0 13 * fri", ["2026-11-27T00:00", "2026-12-04T00:00", "2026-12-11T00:00"]),
        ("0 0 L * *", ["2026-11-30T00:00", "2026-12-31T00:00", "2027-01-31T00:00"]),
        ("0 0 L-2 FEB *", ["2027-02-26T00:00", "2028-02-27T00:00", "2029-02-26T00:00"]),
        ("0 0 * * 5L", ["2026-11-27T00:00", "2026-12-25T00:00", "2027-01-29T00:00"]),
        ("0 0 * * MON#2", ["2026-12-14T00:00", "2027-01-11T00:00", "2027-02-08T00:00"]),
        ("0 0 * * 7", ["2026-11-29T00:00", "2026-12-06T00:00", "2026-12-13T00:00"]),
        ("0 0 * * 6-7", ["2026-11-28T00:00", "2026-11-29T00:00", "2026-12-05T00:00"]),
        ("0 0 29 2 *", ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"]),
        ("@weekly", ["2026-11-29T00:00", "2026-12-06T00:00", "2026-12-13T00:00"]),
        ("@Yearly", ["2027-01-01T00:00", "2028-01-01T00:00", "2029-01-01T00:00"]),
    ])
    func `an expression fires when crontab says`(cron: String, expected: [String]) throws {
        #expect(try times(cron, after: "2026-11-23T07:00") == expected)
    }

    @Test func `a day is let through by either of two restricted day fields, and by both where one is open`() throws {
        #expect(try times("0 0 1 * MON", after: "2026-11-24T00:00", 2) == ["2026-11-30T00:00", "2026-12-01T00:00"])
        #expect(try times("0 0 */2 * MON", after: "2026-11-24T00:00", 2) == ["2026-12-07T00:00", "2026-12-21T00:00"])
    }

    @Test(arguments: [
        ("0 0 30 2 *", "never fires"), ("0 0 31 4,6,9,11 *", "never fires"), ("60 * * * *", "minute '60'"),
        ("* 24 * * *", "hour '24'"), ("* * 0 * *", "day of month '0'"), ("* * * 13 *", "month '13'"),
        ("* * * * 8", "day of week '8'"), ("* * * * MON#6", "1 to 5"), ("5-1 * * * *", "low to high"),
        ("*/0 * * * *", "step"), ("* * * *", "five fields"), ("@reboot", "@daily"), ("", "five fields"),
        ("1,,2 * * * *", "minute ''"), ("+1 * * * *", "minute '+1'"), ("* * L-31 * *", "L-30"),
        ("* * * FOO *", "JAN to DEC"), ("-5 * * * *", "minute '-5'"), ("* L * * *", "hour 'L'"),
    ])
    func `what is no cron expression is refused and told why`(cron: String, why: String) {
        let error = #expect(throws: CronError.self) { try CronExpression(cron) }
        #expect(error?.description.contains(why) == true, "\(error.map(String.init(describing:)) ?? "")")
    }

    @Test func `local days agree with Foundation's Gregorian calendar over four centuries`() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = Self.utc
        for number in stride(from: -60_000, to: 90_000, by: 17) {
            let day = LocalDay(number: number)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(number) * 86_400))
            #expect(day.date == (parts.year, parts.month, parts.day))
            #expect(day.weekday == parts.weekday! - 1)
            #expect(LocalDay(year: parts.year!, month: parts.month!, day: parts.day!) == day)
        }
    }
}
