public import Foundation

/// What happens to a local time that the clock jumps over in spring.
public enum GapPolicy: String, Sendable, Codable, CaseIterable {
    /// It happens as late as if the clock had not been changed: 02:30 becomes 03:30. If something happens then anyway, once.
    case shift
    case skip
}

/// Which of a local time's two instants counts, where the clock is set back in autumn.
public enum OverlapPolicy: String, Sendable, Codable, CaseIterable {
    case first, last, both
}

/// A moment at which a cron expression fires in a zone, or at which it is known why it does not.
public struct Occurrence: Sendable, Hashable {
    /// What the expression says, wherever calendar and clock have put it. With `fold` the key that it has forever.
    public let localTime: LocalTime
    /// 1 for the second of the two that `OverlapPolicy.both` lets through. Of one that was moved to another day: by the
    /// clock of that day.
    public let fold: Int
    /// When it is due. Of one that does not fire: when it would have been.
    public let instant: Date
    /// Why it does not stand where the expression says, or does not fire; the calendar's reasons before the clock's.
    public let causes: [Cause]
    /// Left out by a policy of its schedule.
    public let isDropped: Bool

    /// What the ledger knows it by, beside its schedule.
    struct Key: Sendable, Hashable {
        let localTime: String
        let fold: Int
    }
    var key: Key { Key(localTime: localTime.description, fold: fold) }

    /// The causes in words; nil when there are none.
    public var reason: String? {
        causes.isEmpty ? nil : causes.map(\.description).joined(separator: "; ")
    }
}

/// A stretch of time in which a zone keeps one offset (seconds east), with the offsets before and after it.
struct ClockStretch {
    /// Seconds since 1970; `end` is no longer in it.
    let start, end: Int
    let before, offset, after: Int

    /// The rest of the stretch that holds an instant; from that instant on.
    init(of zone: TimeZone, from start: Int, before: Int? = nil) {
        let offset = Self.offset(of: zone, at: start)
        let change = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: Double(start)))
        // Without a change to come: beyond any horizon, and far from overflow.
        let end = change.map { Int($0.timeIntervalSince1970) } ?? 1 << 50
        self.start = start
        self.end = end
        self.before = before ?? offset
        self.offset = offset
        after = change == nil ? offset : Self.offset(of: zone, at: end)
    }

    func next(in zone: TimeZone) -> ClockStretch { ClockStretch(of: zone, from: end, before: offset) }

    private static func offset(of zone: TimeZone, at instant: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
    }
}
