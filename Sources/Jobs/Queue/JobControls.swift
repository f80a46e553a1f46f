import Foundation
public import Postgres

/// What people set for all engines: pauses, limits and windows. It holds from the engines' next look on: at once where they
/// can listen, otherwise within their poll interval. What runs already goes on.
public enum JobControls {
    public typealias Entry = JobsStoreSQL.Controls.Row

    /// So many jobs each so much time, and so many at once after a quiet time.
    public struct Rate: Sendable, Hashable {
        public var jobs: Int
        public var period: Duration
        public var burst: Int

        public init(jobs: Int, each period: Duration, burst: Int = 1) {
            self.jobs = jobs
            self.period = period
            self.burst = burst
        }
    }

    public static func list(in db: isolated Connection) throws -> [Entry] { try db.run(JobsStoreSQL.Controls()) }

    /// Nothing of the scope is claimed until it is resumed.
    public static func pause(
        _ scope: JobScope, reason: String? = nil, by actor: String, in db: isolated Connection
    ) throws {
        let (scope, name) = scope.stored
        try db.execute(JobsStoreSQL.Pause(scope: scope, name: name, reason: reason, by: actor))
        _ = try db.run(JobsStoreSQL.TellControls())
    }

    /// - Returns: whether it was paused.
    @discardableResult
    public static func resume(_ scope: JobScope, in db: isolated Connection) throws -> Bool {
        let (scope, name) = scope.stored
        let resumed = try db.execute(JobsStoreSQL.Resume(scope: scope, name: name))
        _ = try db.run(JobsStoreSQL.TellControls())
        return resumed == 1
    }

    /// At most so many jobs of the scope run at a time, and at most so many start each so much time, in all engines together.
    /// Of batched jobs those in one transaction are at the same time, and engines take turns.
    ///
    /// - Parameter maximum: nil for as many as come; with no rate either, the limit is removed.
    /// - Throws: `DatabaseError` for numbers that are not positive.
    public static func limit(
        _ scope: JobScope, to maximum: Int?, rate: Rate? = nil, by actor: String, in db: isolated Connection
    ) throws {
        let (scope, name) = scope.stored
        if maximum == nil, rate == nil {
            try db.execute(JobsStoreSQL.RemoveLimit(scope: scope, name: name))
        } else {
            try db.execute(
                JobsStoreSQL.SetLimit(
                    scope: scope, name: name, maximum: maximum,
                    intervalSeconds: rate.map { $0.period.seconds / Double($0.jobs) }, burst: rate?.burst, by: actor))
        }
        _ = try db.run(JobsStoreSQL.TellControls())
    }

    /// Nothing of the scope starts outside of these hours.
    ///
    /// - Parameters:
    ///   - hours: nil for at any time
    ///   - calendar: one that is declared together with the schedules; its free days are closed, as it says at each moment.
    /// - Throws: `Refusal` for a calendar that is not declared.
    public static func open(
        _ scope: JobScope, in hours: OpenHours?, calendar: String? = nil, by actor: String, in db: isolated Connection
    ) throws {
        let (scope, name) = scope.stored
        if let hours {
            if let calendar, try db.first(JobsSchedulesSQL.HasCalendar(name: calendar)) == nil {
                throw Refusal(reason: "there is no calendar '\(calendar)'")
            }
            let json = String(decoding: try JSONEncoder().encode(hours), as: UTF8.self)
            try db.execute(JobsStoreSQL.SetWindow(scope: scope, name: name, hours: json, calendar: calendar, by: actor))
        } else {
            try db.execute(JobsStoreSQL.RemoveWindow(scope: scope, name: name))
        }
        _ = try db.run(JobsStoreSQL.TellControls())
    }
}

extension JobControls.Rate {
    /// `10/s`, `100/m` or `500/h`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/")
        let periods: [Substring: Duration] = ["s": .seconds(1), "m": .seconds(60), "h": .seconds(3_600)]
        guard parts.count == 2, let jobs = Int(parts[0]), jobs > 0, let period = periods[parts[1]] else { return nil }
        self.init(jobs: jobs, each: period)
    }
}
