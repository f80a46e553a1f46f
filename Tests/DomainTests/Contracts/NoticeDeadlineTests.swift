import Domain
import TestSupport
import Testing

struct NoticeDeadlineTests {
    @Test(arguments: [
        ("90d", "2026-12-31", "2026-10-02"),
        ("6w", "2026-12-31", "2026-11-19"),
        ("3m", "2026-12-31", "2026-09-30"),
        ("1m", "2026-03-31", "2026-02-28"),
        ("1m", "2028-03-31", "2028-02-29"),
        ("3m-eom", "2026-12-31", "2026-09-30"),
        ("3m-eom", "2026-11-30", "2026-08-31"),
        ("3m-eom", "2026-12-15", "2026-08-31"),
        ("0d", "2026-12-31", "2026-12-31"),
    ])
    func `notice is counted back from the last day of the term`(period: String, end: String, deadline: String) throws {
        let period = try #require(NoticePeriod(period))
        #expect(period.deadline(endOfTerm: try day(end)) == (try day(deadline)))
    }

    @Test func `a longer notice period is never later, and a period to the end of a month ends a month`() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2000 {
            let end = CalendarDate(daysSince1970: Int.random(in: 0...40_000, using: &random))
            let months = Int.random(in: 0...24, using: &random)
            let plain = NoticePeriod.months(months).deadline(endOfTerm: end)
            #expect(NoticePeriod.months(months + 1).deadline(endOfTerm: end) < plain)
            let toEnd = NoticePeriod.monthsToEndOfMonth(months).deadline(endOfTerm: end)
            #expect(toEnd.isLastOfMonth && toEnd <= plain.lastOfMonth)
        }
    }
}

func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }
