public import Foundation

/// The occurrences of an expression in a zone after an instant, ascending, with those that are left out and why.
///
/// The calendar is asked first, about days as they are written; what it leaves is looked up on the clock. Walks from one
/// change of the zone's offset to the next; between two of them local time is plain arithmetic.
public struct Occurrences: Sequence, IteratorProtocol {
    private let plan: LocalPlan
    private let zone: TimeZone
    private let gap: GapPolicy
    private let overlap: OverlapPolicy
    /// Seconds since 1970, like all instants here.
    private let after: Int
    private let horizon: Int
    private var stretch: ClockStretch
    private var jumped: ArraySlice<Occurrence> = []
    private var regular: LocalSlots
    private var upcoming: Occurrence?

    public init(
        _ cron: CronExpression, after instant: Date, in zone: TimeZone, gap: GapPolicy = .shift,
        overlap: OverlapPolicy = .first, calendar: (days: WorkingCalendar, onHoliday: HolidayPolicy)? = nil
    ) {
        plan = LocalPlan(cron: cron, calendar: calendar)
        self.zone = zone
        self.gap = gap
        self.overlap = overlap
        after = Int(instant.timeIntervalSince1970.rounded(.down))
        // A leap day that must be a certain weekday comes once in 40 years around a century's exception.
        horizon = after + 50 * 366 * 86_400
        // No gap or overlap reaches over two days: what changed before does not matter.
        stretch = ClockStretch(of: zone, from: after - 2 * 86_400)
        regular = LocalSlots(plan, from: LocalTime(minutes: 0), before: LocalTime(minutes: 0))
        enterStretch()
    }

    public mutating func next() -> Occurrence? {
        while true {
            if upcoming == nil { upcoming = nextRegular() }
            if let first = jumped.first, upcoming.map({ first.instant < $0.instant }) ?? true {
                return jumped.removeFirst()
            }
            if let occurrence = upcoming {
                upcoming = nil
                return occurrence
            }
            guard stretch.end < horizon else { return nil }
            stretch = stretch.next(in: zone)
            enterStretch()
        }
    }

    /// The next of this stretch that the clock really shows and the overlap policy lets through.
    private mutating func nextRegular() -> Occurrence? {
        while let slot = regular.next() {
            let second = slot.time.minutes * 60
            let isSecond = second < stretch.start + stretch.before
            let comesAgain = stretch.end < horizon && second >= stretch.end + stretch.after
            if isSecond && overlap == .first || comesAgain && overlap == .last { continue }
            return Occurrence(
                localTime: slot.nominal, fold: isSecond && overlap == .both ? 1 : 0,
                instant: instant(of: slot, offset: stretch.offset),
                causes: slot.causes + (isSecond ? [.secondPass(slot.time)] : []), isDropped: slot.isDropped)
        }
        return nil
    }

    private mutating func enterStretch() {
        let first = Swift.max(stretch.start, after + 1)
        let end = Swift.min(stretch.end, horizon)
        regular = LocalSlots(plan, from: minute(first + stretch.offset), before: minute(end + stretch.offset))
        let gap = LocalSlots(
            plan, from: minute(stretch.start + stretch.before), before: minute(stretch.start + stretch.offset))
        jumped = gap.map(jump).filter { Int($0.instant.timeIntervalSince1970) > after }[...]
    }

    /// What becomes of a time that the clock jumps over.
    private func jump(_ slot: LocalSlot) -> Occurrence {
        let instant = instant(of: slot, offset: stretch.before)
        var causes = slot.causes + [.gap(slot.time)]
        var isDropped = slot.isDropped || gap == .skip
        let shown = minute(Int(instant.timeIntervalSince1970) + stretch.offset)
        if !isDropped, let other = plan.firing(at: shown) {
            causes.append(.collision(other))
            isDropped = true
        }
        return Occurrence(localTime: slot.nominal, fold: 0, instant: instant, causes: causes, isDropped: isDropped)
    }

    private func instant(of slot: LocalSlot, offset: Int) -> Date {
        Date(timeIntervalSince1970: Double(slot.time.minutes * 60 - offset))
    }

    /// The first full minute at or after a local second.
    private func minute(_ localSecond: Int) -> LocalTime {
        let quotient = localSecond / 60
        return LocalTime(minutes: localSecond % 60 > 0 ? quotient + 1 : quotient)
    }
}

extension Occurrences {
    /// The next so many that fire, with those between them that do not; at most `limit` in all.
    public func upcoming(firing count: Int, limit: Int) -> [Occurrence] {
        var found: [Occurrence] = []
        var left = count
        var occurrences = self
        while left > 0, found.count < limit, let occurrence = occurrences.next() {
            found.append(occurrence)
            if !occurrence.isDropped { left -= 1 }
        }
        return found
    }
}
