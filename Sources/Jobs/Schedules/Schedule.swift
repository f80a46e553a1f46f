package import Foundation

/// What happens to occurrences that are found late: nobody was there to fire them.
package enum MisfirePolicy: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Only what is on time fires.
    case skip
    /// The newest fires, for all of them.
    case once
    /// The newest n fire.
    case last(Int)
    case all

    /// - Parameter text: `skip`, `once`, `all`, or `last:n`.
    package init?(_ text: String) {
        switch text {
        case "skip": self = .skip
        case "once": self = .once
        case "all": self = .all
        default:
            guard text.hasPrefix("last:"), let count = Int(text.dropFirst(5)), count > 0 else { return nil }
            self = .last(count)
        }
    }

    package var description: String {
        switch self {
        case .skip: "skip"
        case .once: "once"
        case .last(let count): "last:\(count)"
        case .all: "all"
        }
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let policy = MisfirePolicy(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is none of skip, once, last:n, all"))
        }
        self = policy
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Jobs of a kind, made by the clock of a zone.
package struct Schedule: Sendable, Hashable, Codable {
    package var name: String
    package var cron: String
    /// An IANA name.
    package var zone: String
    package var kind: String
    /// A JSON object; the job's arguments have the occurrence's instant beside it, as `occurrence`.
    package var arguments: String
    package var queue: String
    package var team: Int?
    package var dstGap: GapPolicy
    package var dstOverlap: OverlapPolicy
    package var misfire: MisfirePolicy
    /// Whole seconds count. What is found later is skipped, whatever the misfire policy says.
    package var maximumLateness: Duration?
    package var isPaused: Bool

    package init(
        name: String, cron: String, zone: String, kind: String, arguments: String = "{}", queue: String = "default",
        team: Int? = nil, dstGap: GapPolicy = .shift, dstOverlap: OverlapPolicy = .first,
        misfire: MisfirePolicy = .once, maximumLateness: Duration? = nil, isPaused: Bool = false
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
        self.isPaused = isPaused
    }

    /// Its occurrences after an instant, paused or not.
    ///
    /// - Throws: `ScheduleError` when the expression or the zone cannot be read.
    package func occurrences(after instant: Date) throws(ScheduleError) -> Occurrences {
        let expression: CronExpression
        do {
            expression = try CronExpression(cron)
        } catch {
            throw ScheduleError(schedule: name, reason: "\(error)")
        }
        // TimeZone also takes abbreviations, which say nothing about when the clock is changed.
        guard let timeZone = TimeZone(identifier: zone), zone == "UTC" || TimeZone.abbreviationDictionary[zone] == nil
        else {
            throw ScheduleError(
                schedule: name, reason: "unknown time zone '\(zone)'; expected a name such as Europe/Berlin")
        }
        return Occurrences(expression, after: instant, in: timeZone, gap: dstGap, overlap: dstOverlap)
    }
}

/// A schedule that cannot be.
package struct ScheduleError: Error, Sendable, Hashable, CustomStringConvertible {
    package let schedule: String
    package let reason: String
    package var description: String { "schedule '\(schedule)': \(reason)" }
}
