public import Foundation

/// What happens to occurrences that are found late: nobody was there to fire them.
public enum MisfirePolicy: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Only what is on time fires.
    case skip
    /// The newest fires, for all of them.
    case once
    /// The newest n fire.
    case last(Int)
    case all

    /// - Parameter text: `skip`, `once`, `all`, or `last:n`.
    public init?(_ text: String) {
        switch text {
        case "skip": self = .skip
        case "once": self = .once
        case "all": self = .all
        default:
            guard text.hasPrefix("last:"), let count = Int(text.dropFirst(5)), count > 0 else { return nil }
            self = .last(count)
        }
    }

    public var description: String {
        switch self {
        case .skip: "skip"
        case .once: "once"
        case .last(let count): "last:\(count)"
        case .all: "all"
        }
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let policy = MisfirePolicy(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is none of skip, once, last:n, all"))
        }
        self = policy
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Jobs of a kind, made by the clock of a zone.
public struct Schedule: Sendable, Hashable, Codable {
    public var name: String
    public var cron: String
    /// An IANA name.
    public var zone: String
    public var kind: String
    /// A JSON object; the job's arguments have the occurrence's instant beside it, as `occurrence`.
    public var arguments: String
    public var queue: String
    public var team: Int?
    public var dstGap: GapPolicy
    public var dstOverlap: OverlapPolicy
    public var misfire: MisfirePolicy
    /// Whole seconds count. What is found later is skipped, whatever the misfire policy says.
    public var maximumLateness: Duration?
    /// Without one all days are alike.
    public var calendar: CalendarRule?
    public var isPaused: Bool

    public init(
        name: String, cron: String, zone: String, kind: String, arguments: String = "{}", queue: String = "default",
        team: Int? = nil, dstGap: GapPolicy = .shift, dstOverlap: OverlapPolicy = .first,
        misfire: MisfirePolicy = .once, maximumLateness: Duration? = nil, calendar: CalendarRule? = nil,
        isPaused: Bool = false
    ) {
        self.name = name
        self.cron = cron
        self.zone = zone
        self.kind = kind
        self.arguments = arguments
        self.queue = queue
        self.team = team
        self.dstGap = dstGap
        self.dstOverlap = dstOverlap
        self.misfire = misfire
        self.maximumLateness = maximumLateness
        self.calendar = calendar
        self.isPaused = isPaused
    }

    /// Its occurrences after an instant, paused or not.
    ///
    /// - Parameter days: the calendar that it follows.
    /// - Throws: `ScheduleError` when the expression or the zone cannot be read, or it can never fire.
    public func occurrences(
        after instant: Date, days: WorkingCalendar? = nil
    ) throws(ScheduleError) -> Occurrences {
        let expression: CronExpression
        do {
            expression = try CronExpression(cron)
        } catch {
            throw ScheduleError(schedule: name, reason: "\(error)")
        }
        return Occurrences(
            expression, after: instant, in: try timeZone(), gap: dstGap, overlap: dstOverlap,
            calendar: try rule(for: expression, days))
    }

    /// Whether its occurrences are those of another one, calendars aside.
    func hasTimes(of other: Schedule) -> Bool {
        (cron, zone, dstGap, dstOverlap) == (other.cron, other.zone, other.dstGap, other.dstOverlap)
    }

    public func timeZone() throws(ScheduleError) -> TimeZone {
        guard let timeZone = TimeZone(iana: zone) else {
            throw ScheduleError(
                schedule: name, reason: "unknown time zone '\(zone)'; expected a name such as Europe/Berlin")
        }
        return timeZone
    }

    private func rule(
        for expression: CronExpression, _ days: WorkingCalendar?
    ) throws(ScheduleError) -> (days: WorkingCalendar, onHoliday: HolidayPolicy)? {
        guard let calendar else { return nil }
        guard let days, days.name == calendar.name else {
            throw ScheduleError(schedule: name, reason: "there is no calendar '\(calendar.name)'")
        }
        // The weekdays of dates come round in 28 years; holidays and make-up days are few.
        let first = LocalDay(year: 2001, month: 1, day: 1).number
        if calendar.onHoliday == .skip,
            !(first..<first + 28 * 366).lazy.map(LocalDay.init(number:)).contains(where: {
                days.weekdays.contains($0.isoWeekday) && expression.passes($0)
            })
        {
            throw ScheduleError(
                schedule: name,
                reason:
                    "'\(cron)' never fires: calendar '\(days.name)' works on none of its weekdays, and they are skipped"
            )
        }
        return (days, calendar.onHoliday)
    }
}

extension TimeZone {
    /// By an IANA name only: abbreviations say nothing about when the clock is changed.
    init?(iana name: String) {
        guard name == "UTC" || TimeZone.abbreviationDictionary[name] == nil else { return nil }
        self.init(identifier: name)
    }
}

/// A schedule that cannot be.
public struct ScheduleError: Error, Sendable, Hashable, CustomStringConvertible {
    public let schedule: String
    public let reason: String
    public var description: String { "schedule '\(schedule)': \(reason)" }
}
