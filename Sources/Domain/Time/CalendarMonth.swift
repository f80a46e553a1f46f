/// A month of the Gregorian calendar: `2026-10`.
package struct CalendarMonth: Hashable, Comparable, Sendable {
    package let first: CalendarDate

    package init(of day: CalendarDate) { first = day.adding(days: 1 - day.day) }

    package var last: CalendarDate { first.lastOfMonth }

    package func adding(months: Int) -> CalendarMonth { CalendarMonth(of: first.adding(months: months)) }

    package static func < (left: CalendarMonth, right: CalendarMonth) -> Bool { left.first < right.first }
}

extension CalendarMonth: LosslessStringConvertible {
    package var description: String { String(first.description.dropLast(3)) }

    /// Reads `2026-10`; nil for anything else.
    package init?(_ description: String) {
        guard let day = CalendarDate("\(description)-01") else { return nil }
        self.init(of: day)
    }
}
