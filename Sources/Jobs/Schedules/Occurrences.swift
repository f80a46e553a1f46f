package import Foundation

/// What happens to a local time that the clock jumps over in spring.
package enum GapPolicy: String, Sendable, Codable, CaseIterable {
    /// It happens as late as if the clock had not been changed: 02:30 becomes 03:30. If something happens then anyway, once.
    case shift
    case skip
}

/// Which of a local time's two instants counts, where the clock is set back in autumn.
package enum OverlapPolicy: String, Sendable, Codable, CaseIterable {
    case first, last, both
}

/// A moment at which a cron expression fires in a zone.
package struct Occurrence: Sendable, Hashable {
    /// What the expression says; in a gap the clock never shows it.
    package let localTime: LocalTime
    /// 1 for the second pass through a local time that is repeated.
    package let fold: Int
    package let instant: Date
    /// It stands for a local time that does not exist on its day.
    package let isShifted: Bool
}

/// The occurrences of an expression in a zone after an instant, ascending.
///
/// Walks from one change of the zone's offset to the next; between two of them local time is plain arithmetic.
package struct Occurrences: Sequence, IteratorProtocol {
    private let cron: CronExpression
    private let zone: TimeZone
    private let gap: GapPolicy
    private let overlap: OverlapPolicy
    /// Seconds since 1970, like all instants here.
    private let after: Int
    private let horizon: Int
    private var stretch: Stretch
    private var shifted: ArraySlice<Occurrence> = []
    private var regular: LocalTimes
    private var upcoming: Occurrence?

    /// A stretch of time in which the zone keeps one offset (seconds east), with the offsets before and after it.
    private struct Stretch {
        let start, end: Int
        let before, offset, after: Int
    }

    package init(
        _ cron: CronExpression, after instant: Date, in zone: TimeZone, gap: GapPolicy = .shift,
        overlap: OverlapPolicy = .first
    ) {
        self.cron = cron
        self.zone = zone
        self.gap = gap
        self.overlap = overlap
        after = Int(instant.timeIntervalSince1970.rounded(.down))
        // A leap day that must be a certain weekday comes once in 40 years around a century's exception.
        horizon = after + 50 * 366 * 86_400
        // No gap or overlap reaches over two days: what changed before does not matter.
        let start = after - 2 * 86_400
        let offset = Self.offset(of: zone, at: start)
        stretch = Self.stretch(of: zone, from: start, before: offset)
        regular = LocalTimes(cron, from: LocalTime(minutes: 0), before: LocalTime(minutes: 0))
        enterStretch()
    }

    package mutating func next() -> Occurrence? {
        while true {
            if upcoming == nil { upcoming = nextRegular() }
            if let first = shifted.first, upcoming.map({ first.instant < $0.instant }) ?? true {
                return shifted.removeFirst()
            }
            if let occurrence = upcoming {
                upcoming = nil
                return occurrence
            }
            guard stretch.end < horizon else { return nil }
            stretch = Self.stretch(of: zone, from: stretch.end, before: stretch.offset)
            enterStretch()
        }
    }

    /// The next local time of this stretch that the clock really shows and the overlap policy lets through.
    private mutating func nextRegular() -> Occurrence? {
        while let time = regular.next() {
            let isSecond = time.minutes * 60 < stretch.start + stretch.before
            let comesAgain = stretch.end < horizon && time.minutes * 60 >= stretch.end + stretch.after
            if isSecond && overlap == .first || comesAgain && overlap == .last { continue }
            return occurrence(time, fold: isSecond ? 1 : 0, offset: stretch.offset, isShifted: false)
        }
        return nil
    }

    private mutating func enterStretch() {
        let first = Swift.max(stretch.start, after + 1)
        regular = LocalTimes(
            cron, from: minute(first + stretch.offset), before: minute(Swift.min(stretch.end, horizon) + stretch.offset)
        )
        shifted = []
        guard gap == .shift, stretch.before < stretch.offset else { return }
        let missing = LocalTimes(
            cron, from: minute(stretch.start + stretch.before), before: minute(stretch.start + stretch.offset))
        shifted =
            missing.map { occurrence($0, fold: 0, offset: stretch.before, isShifted: true) }.filter { shifted in
                let instant = Int(shifted.instant.timeIntervalSince1970)
                return instant > after && !cron.passes(minute(instant + stretch.offset))
            }[...]
    }

    private func occurrence(_ time: LocalTime, fold: Int, offset: Int, isShifted: Bool) -> Occurrence {
        Occurrence(
            localTime: time, fold: fold, instant: Date(timeIntervalSince1970: Double(time.minutes * 60 - offset)),
            isShifted: isShifted)
    }

    /// The first full minute at or after a local second.
    private func minute(_ localSecond: Int) -> LocalTime {
        let quotient = localSecond / 60
        return LocalTime(minutes: localSecond % 60 > 0 ? quotient + 1 : quotient)
    }

    private static func stretch(of zone: TimeZone, from start: Int, before: Int) -> Stretch {
        let offset = offset(of: zone, at: start)
        let change = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: Double(start)))
        // Beyond any horizon, and far from overflow.
        guard let change else {
            return Stretch(start: start, end: 1 << 50, before: before, offset: offset, after: offset)
        }
        let end = Int(change.timeIntervalSince1970)
        return Stretch(start: start, end: end, before: before, offset: offset, after: self.offset(of: zone, at: end))
    }

    private static func offset(of zone: TimeZone, at instant: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
    }
}

extension CronExpression {
    /// The first occurrence after an instant; nil when there is none within fifty years.
    package func next(
        after instant: Date, in zone: TimeZone, gap: GapPolicy = .shift, overlap: OverlapPolicy = .first
    ) -> Occurrence? {
        var occurrences = Occurrences(self, after: instant, in: zone, gap: gap, overlap: overlap)
        return occurrences.next()
    }
}
