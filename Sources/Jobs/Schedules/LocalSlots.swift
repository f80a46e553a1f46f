/// When something is to happen by the clock on the wall: an expression, and the calendar that its days are looked up in.
struct LocalPlan: Sendable {
    let cron: CronExpression
    let calendar: (days: WorkingCalendar, onHoliday: HolidayPolicy)?

    /// The days whose times come to stand on a day, nearest first.
    func days(on day: LocalDay) -> [LocalDay] {
        guard let (calendar, policy) = calendar, policy == .next || policy == .previous else {
            return cron.passes(day) ? [day] : []
        }
        guard calendar.isWorked(day) else { return [] }
        let rest = policy == .next ? calendar.rest(before: day) : calendar.rest(after: day)
        return ([day] + rest).filter(cron.passes)
    }

    /// What fires when the clock shows this: the time that the expression names.
    func firing(at time: LocalTime) -> LocalTime? {
        guard cron.passes(minuteOfDay: time.minuteOfDay), let first = days(on: time.day).first else { return nil }
        let slot = slot(of: first, first: first, on: time)
        return slot.isDropped ? nil : slot.nominal
    }

    /// - Parameter first: the nearest of the days that come to stand on this one
    fileprivate func slot(of nominalDay: LocalDay, first: LocalDay, on time: LocalTime) -> LocalSlot {
        let nominal = LocalTime(nominalDay, minuteOfDay: time.minuteOfDay)
        var slot = LocalSlot(time: time, nominal: nominal)
        if let calendar, let name = calendar.days.whyFree(nominalDay) {
            slot.causes.append(.free(nominal, name, calendar.onHoliday))
            slot.isDropped = calendar.onHoliday == .skip
        }
        if nominalDay != first {
            slot.causes.append(.collision(LocalTime(first, minuteOfDay: time.minuteOfDay)))
            slot.isDropped = true
        }
        return slot
    }
}

/// A local time that an expression names, where the calendar has put it.
struct LocalSlot: Sendable {
    let time: LocalTime
    let nominal: LocalTime
    var causes: [Cause] = []
    /// It stands here to be told of, and does not fire.
    var isDropped = false
}

/// The slots of a plan, ascending; of those at one time, the one that fires is first.
struct LocalSlots: Sequence, IteratorProtocol {
    private let plan: LocalPlan
    private let end: LocalTime
    private var day: LocalDay
    private var days: [LocalDay]
    /// Places in the day's minutes, and in the days that come to stand on it.
    private var minute: Int
    private var place = 0

    /// - Parameter end: the first local time that is out of reach.
    init(_ plan: LocalPlan, from start: LocalTime, before end: LocalTime) {
        self.plan = plan
        self.end = end
        day = start.day
        days = start < end ? plan.days(on: day) : []
        minute = plan.cron.minutesOfDay.firstIndex { $0 >= start.minuteOfDay } ?? plan.cron.minutesOfDay.count
    }

    mutating func next() -> LocalSlot? {
        if place == days.count {
            minute += 1
            place = 0
        }
        while days.isEmpty || minute >= plan.cron.minutesOfDay.count {
            day = LocalDay(number: day.number + 1)
            if LocalTime(day, minuteOfDay: 0) >= end { return nil }
            days = plan.days(on: day)
            minute = 0
        }
        let time = LocalTime(day, minuteOfDay: plan.cron.minutesOfDay[minute])
        guard time < end else { return nil }
        place += 1
        return plan.slot(of: days[place - 1], first: days[0], on: time)
    }
}
