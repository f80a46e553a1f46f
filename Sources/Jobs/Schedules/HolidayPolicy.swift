/// What becomes of an occurrence whose day is free in the calendar of its schedule.
public enum HolidayPolicy: String, Sendable, Codable, CaseIterable {
    /// It happens as if the day were worked.
    case fire
    case skip
    /// The same time of the next working day, or of the one before. If something of the schedule happens then anyway, or
    /// several days come to stand on one, once.
    case next, previous
}

/// The calendar that a schedule follows.
public struct CalendarRule: Sendable, Hashable, Codable {
    public var name: String
    public var onHoliday: HolidayPolicy

    public init(_ name: String, onHoliday: HolidayPolicy) {
        self.name = name
        self.onHoliday = onHoliday
    }
}

/// Why an occurrence is not simply what its expression says.
public enum Cause: Sendable, Hashable, CustomStringConvertible {
    /// Its day is free: the holiday's name or the weekday's, and what the schedule does then.
    case free(LocalTime, String, HolidayPolicy)
    /// The clock jumps over this time.
    case gap(LocalTime)
    /// It is the second time that the clock shows this.
    case secondPass(LocalTime)
    /// This one comes to stand at the same time, and fires.
    case collision(LocalTime)

    /// A stable word for programs.
    public var code: String {
        switch self {
        case .free(_, _, .fire): "fires_on_free_day"
        case .free(_, _, .skip): "free_day"
        case .free(_, _, .next): "moved_to_next_working_day"
        case .free(_, _, .previous): "moved_to_previous_working_day"
        case .gap: "dst_gap"
        case .secondPass: "dst_overlap"
        case .collision: "collision"
        }
    }

    public var description: String {
        switch self {
        case .free(let time, let name, .fire): "\(time.day) is free (\(name)): fires all the same"
        case .free(let time, let name, .skip): "\(time.day) is free (\(name))"
        case .free(let time, let name, .next): "moved on from \(time) (\(name))"
        case .free(let time, let name, .previous): "moved back from \(time) (\(name))"
        case .gap(let time): "the clock jumps over \(time)"
        case .secondPass(let time): "the second time that the clock shows \(time)"
        case .collision(let time): "that of \(time) stands at the same time"
        }
    }
}
