import Domain
import TestSupport
import Testing

struct BusinessCalendarTests {
    @Test func `China's golden week is free, and the weekends that make up for it are worked`() throws {
        let calendar = BusinessCalendar(.china)
        func isWorked(_ day: String) throws -> Bool { calendar.isWorkingDay(try #require(CalendarDate(day))) }
        #expect(try !isWorked("2026-10-01") && !isWorked("2026-10-07"))
        // Sunday 20 September and Saturday 10 October.
        #expect(try isWorked("2026-09-20") && isWorked("2026-10-10"))
        #expect(try !isWorked("2026-09-27") && isWorked("2026-10-08"))
        let eve = try #require(CalendarDate("2026-09-30"))
        #expect(calendar.adding(workingDays: 1, to: eve).description == "2026-10-08")
        #expect(calendar.adding(workingDays: 3, to: eve).description == "2026-10-10")
        #expect(calendar.adding(workingDays: -1, to: calendar.adding(workingDays: 1, to: eve)) == eve)
    }

    @Test func `without a plan, Saturday and Sunday are free`() {
        let calendar = BusinessCalendar(nil)
        for day in (0..<700).map(CalendarDate.init(daysSince1970:)) {
            #expect(calendar.isWorkingDay(day) == (day.weekday <= 5))
        }
    }

    @Test func `a week that is free on Friday and Saturday works on Sunday`() throws {
        var plan = CalendarPlan(code: "ae")
        plan.weekend = [5, 6]
        let friday = try #require(CalendarDate("2026-01-02"))
        #expect(BusinessCalendar(plan).workingDay(onOrAfter: friday).weekday == 7)
        #expect(BusinessCalendar(plan).workingDay(onOrBefore: friday).weekday == 4)
    }

    @Test func `working days added agree with counting them`() {
        var random = SeededRandom(seed: 2)
        let calendar = BusinessCalendar(.china)
        for _ in 0..<300 {
            let day = CalendarDate(daysSince1970: 20_600 + Int.random(in: -300...300, using: &random))
            let count = Int.random(in: -30...30, using: &random)
            let end = calendar.adding(workingDays: count, to: day)
            #expect(calendar.isWorkingDay(end))
            guard count != 0 else {
                #expect(end == calendar.workingDay(onOrAfter: day))
                continue
            }
            let between = stride(from: count.signum(), through: end.days(since: day), by: count.signum())
            #expect(between.count { calendar.isWorkingDay(day.adding(days: $0)) } == abs(count))
        }
    }
}

extension CalendarPlan {
    /// The autumn of 2026 as the State Council's notice has it: 1–7 October free; 20 September and 10 October worked.
    static let china: CalendarPlan = {
        var plan = CalendarPlan(code: "cn")
        for day in 1...7 { plan.holidays[CalendarDate(year: 2026, month: 10, day: day)!] = "国庆节" }
        plan.workdays = [CalendarDate("2026-09-20")!: "国庆节调休", CalendarDate("2026-10-10")!: "国庆节调休"]
        return plan
    }()
}
