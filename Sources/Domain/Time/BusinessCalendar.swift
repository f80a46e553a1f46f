/// Which days are worked: a weekend, less the holidays, plus the weekend days that make up for one (China's 调休).
package struct BusinessCalendar: Sendable, Hashable {
    private let weekend: Set<Int>
    private let exceptions: [CalendarDate: Bool]

    /// Nil is a plain week: Saturday and Sunday are free, and there are no holidays.
    ///
    /// A week without a working day is a defect of the caller; `ltc apply` refuses such a calendar.
    package init(_ plan: CalendarPlan?) {
        weekend = Set(plan?.weekend ?? [6, 7])
        precondition(!weekend.isSuperset(of: 1...7), "a calendar in which no weekday is worked")
        exceptions = (plan?.holidays ?? [:]).mapValues { _ in false }
            .merging((plan?.workdays ?? [:]).mapValues { _ in true }) { _, worked in worked }
    }

    package func isWorkingDay(_ day: CalendarDate) -> Bool {
        exceptions[day] ?? !weekend.contains(day.weekday)
    }

    /// A weekend day that is worked all the same.
    package func isMakeUpDay(_ day: CalendarDate) -> Bool {
        weekend.contains(day.weekday) && exceptions[day] == true
    }

    /// This day when it is worked, else the next one that is.
    package func workingDay(onOrAfter day: CalendarDate) -> CalendarDate {
        var day = day
        while !isWorkingDay(day) { day = day.adding(days: 1) }
        return day
    }

    /// This day when it is worked, else the last one before it that is.
    package func workingDay(onOrBefore day: CalendarDate) -> CalendarDate {
        var day = day
        while !isWorkingDay(day) { day = day.adding(days: -1) }
        return day
    }

    /// The working day so many working days after `day`, or before it when negative. Zero is the day itself, when
    /// it is worked, else the next working day.
    package func adding(workingDays count: Int, to day: CalendarDate) -> CalendarDate {
        guard count != 0 else { return workingDay(onOrAfter: day) }
        var day = day
        for _ in 0..<count.magnitude {
            day =
                count > 0
                ? workingDay(onOrAfter: day.adding(days: 1)) : workingDay(onOrBefore: day.adding(days: -1))
        }
        return day
    }
}
