package import Domain
package import Foundation
package import Postgres

/// An automation: what the daemon does by the clock and an admin by hand, with the same code.
package protocol Automated: SendableMetatype {
    associatedtype Report: AutomationReport
    static var name: AutomationName { get }

    /// Works off at most one batch of what is due: loads, decides by the rules of `Domain`, applies.
    ///
    /// It runs in the caller's transaction, which a preview rolls back. What was done before is not done again: that
    /// follows from the data (states, unique keys), never from the run's own row.
    static func step(_ run: RunContext, in db: isolated Connection) throws -> Step<Report>
}

/// What one transaction of a run did, and whether there is more to do.
package struct Step<Report: AutomationReport>: Sendable {
    package enum Progress: Sendable, Hashable {
        case more
        case done
        /// Nothing is decided, for a reason that people can lift.
        case held(reason: String)
    }

    package var report: Report
    package var progress: Progress

    package init(_ report: Report, _ progress: Progress = .done) {
        self.report = report
        self.progress = progress
    }
}

/// What a run did, in the words of the interface's JSON.
package protocol AutomationReport: Encodable, Sendable {
    init()
    mutating func add(_ other: Self)
    /// Stable snake_case names; kept with the run and shown in its log line.
    var counts: [String: Int] { get }
}

/// The business time of a run: an instant, or all of a day in the zone of whoever is concerned.
package enum AsOf: Sendable, Hashable {
    case instant(Date)
    case day(CalendarDate)

    /// A day stands for its last second, so that all that falls due on it is due.
    package func instant(on clock: WorkingClock) -> Date {
        switch self {
        case .instant(let instant): instant
        case .day(let day): clock.startOfDay(day.adding(days: 1)).addingTimeInterval(-1)
        }
    }

    /// An instant that is on the day wherever teams work, from UTC-10 to UTC+13: for what belongs to several teams.
    package var everywhere: Date {
        switch self {
        case .instant(let instant): instant
        case .day(let day): WorkingClock.plain.startOfDay(day).addingTimeInterval(10 * 3600)
        }
    }
}

package struct RunRequest: Sendable {
    /// One team's part only; nil is everybody's.
    package var team: String?
    package var asOf: AsOf
    /// Who asks: a login, or `ltcd`.
    package var actor: String
    /// The same run, rolled back.
    package var isPreview: Bool
    /// Its business time is the clock's, and not one that somebody gave: it says when it is next due.
    package var followsClock: Bool
    /// What time it is for who asks. Nil is the run's own: so for a daemon that is started with `--as-of`, which lives at
    /// that time.
    package var now: Date?
    /// Who wants to know more than counts; the daemon does not.
    package var listener: RunListener?

    package init(
        team: String? = nil, asOf: AsOf, actor: String, isPreview: Bool = false, followsClock: Bool = false,
        now: Date? = nil, listener: RunListener? = nil
    ) {
        self.team = team
        self.asOf = asOf
        self.actor = actor
        self.isPreview = isPreview
        self.followsClock = followsClock
        self.now = now
        self.listener = listener
    }
}

/// Hears one by one what a run decides whose lists are too long for its report.
package struct RunListener: Sendable {
    /// A team's part begins. When it began before, the database had it tried again, and what was heard of it is void.
    package var begin: @Sendable (_ team: String) -> Void
    package var hear: @Sendable (any Encodable & Sendable) throws -> Void

    package init(
        begin: @escaping @Sendable (_ team: String) -> Void,
        hear: @escaping @Sendable (any Encodable & Sendable) throws -> Void
    ) {
        self.begin = begin
        self.hear = hear
    }
}

/// All that a step may know besides the rows that it loads.
package struct RunContext: Sendable {
    package let runID: Int
    package let asOf: Date
    /// Nil when the run is the whole company's.
    package let team: Team?
    package let configurationVersion: Int
    package let company: Company
    package let directory: Directory
    package let actor: String
    package let isPreview: Bool
    package let followsClock: Bool
    /// Its business day is over: it proposes, and lets nothing go out by itself.
    package let isPast: Bool
    /// Its business day is still to come: the same.
    package let isAhead: Bool
    package let listener: RunListener?
}
