import Domain
import Foundation
import Testing

struct LocalTimeTests {
    /// Zones with a leap at midnight, by half an hour, over a whole day, and none.
    @Test(arguments: [
        ("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"), ("America/New_York", "2026-03-08"),
        ("America/New_York", "2026-11-01"), ("Australia/Lord_Howe", "2026-04-05"),
        ("Australia/Lord_Howe", "2026-10-04"), ("America/Santiago", "2026-09-06"), ("Africa/Cairo", "2026-04-24"),
        ("Pacific/Apia", "2011-12-30"),
        ("Asia/Shanghai", "2026-10-01"), ("Asia/Kathmandu", "2026-01-01"), ("Pacific/Kiritimati", "2026-01-01"),
    ])
    func `a local time is the first instant at which the wall shows it or a later one`(
        zone: String, day: String
    ) throws {
        let zone = try #require(TimeZone(identifier: zone))
        let middle = try #require(CalendarDate(day))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        // Walk the minutes of three days and note when the wall first shows each minute, or one after it.
        let start = TimeInterval((middle.daysSince1970 - 1) * 86400) - 15 * 3600
        var next = middle.daysSince1970 * 1440
        for minute in 0..<(4 * 1440) {
            let instant = Date(timeIntervalSince1970: start + TimeInterval(minute * 60))
            let wall = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: instant)
            let date = try #require(CalendarDate(year: wall.year ?? 0, month: wall.month ?? 0, day: wall.day ?? 0))
            #expect(zone.date(of: instant) == date)
            let reading = date.daysSince1970 * 1440 + (wall.hour ?? 0) * 60 + (wall.minute ?? 0)
            while next <= reading, next < (middle.daysSince1970 + 1) * 1440 {
                let found = zone.instant(of: middle, minute: next - middle.daysSince1970 * 1440)
                #expect(found == instant, "minute \(next % 1440)")
                next += 1
            }
        }
        #expect(next == (middle.daysSince1970 + 1) * 1440)
    }
}
