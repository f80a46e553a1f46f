package import Domain
package import Foundation

extension Date {
    /// `2026-03-02 09:30 (Europe/Berlin)`: an instant as people there read it off the wall.
    package func told(in zone: TimeZone) -> String {
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: zone)
            .year().month().day().time(includingFractionalSeconds: false)
        return "\(formatted(style).prefix(16)) (\(zone.identifier))"
    }
}

extension WorkingClock {
    /// GMT, where no team's zone applies.
    package static let plain = WorkingClock(zone: .gmt, hours: .officeHours, calendar: BusinessCalendar(nil))
}
