/// Since when what is settled now counts. What was paid and taken back since did settle its item meanwhile: a payment that came
/// before, and is recorded after, counts from when the item was owed again, so that on no day more is settled than is owed, or
/// more used than there is.
package struct SettledDays {
    /// An item, a receipt or a credit note: what it has, and what was used of it from which days on, below zero where it was
    /// taken back.
    package struct Uses: Sendable, Hashable {
        package var capacityMinor: Int
        package var days: [CalendarDate: Int] = [:]

        package init(capacityMinor: Int) { self.capacityMinor = capacityMinor }

        /// The first day, not before one, from which on there is room for an amount on every day; the day itself when there is
        /// none.
        func firstDay(from day: CalendarDate, for minor: Int) -> CalendarDate {
            var first: CalendarDate?
            var used = days.values.reduce(0, +)
            for (later, change) in days.sorted(by: { $0.key > $1.key }) where later > day {
                if used + minor > capacityMinor { return first ?? day }
                first = later
                used -= change
            }
            return used + minor > capacityMinor ? first ?? day : day
        }
    }

    private var uses: [String: Uses]

    /// - Parameter uses: of those that something uses later than what is to come; others have room.
    package init(_ uses: [String: Uses]) { self.uses = uses }

    /// The day, not before one, from which on all of these have room for an amount.
    package func firstDay(for minor: Int, of subjects: [String], from day: CalendarDate) -> CalendarDate {
        guard minor > 0 else { return day }
        var day = day
        var last: CalendarDate
        repeat {
            last = day
            for subject in subjects { day = uses[subject]?.firstDay(from: day, for: minor) ?? day }
        } while day != last
        return day
    }

    /// Uses an amount of each from a day on, or takes it back.
    ///
    /// - Returns: the day from which on it counts.
    package mutating func use(_ minor: Int, of subjects: [String], from day: CalendarDate) -> CalendarDate {
        let day = firstDay(for: minor, of: subjects, from: day)
        for subject in subjects { uses[subject]?.days[day, default: 0] += minor }
        return day
    }
}
