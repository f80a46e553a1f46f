import Foundation

/// What becomes of an occurrence, as the ledger has it.
struct Decision: Sendable, Hashable {
    enum State: String, Sendable {
        case fired, late, skipped
    }
    let occurrence: Occurrence
    let state: State
    /// Empty for one that fires on time, in its place.
    let reason: String
}

extension MisfirePolicy {
    /// What is found up to this late is on time: a daemon was restarted, a database failed over.
    static let tolerance: Duration = .seconds(60)

    /// Decides what has come due since the last look.
    ///
    /// - Parameter due: ascending, none after `now`.
    func decide(_ due: [Occurrence], now: Date, maximumLateness: Duration?) -> [Decision] {
        let firing =
            switch self {
            case .skip, .all: due.count
            case .once: 1
            case .last(let count): count
            }
        return due.enumerated().map { index, occurrence in
            let lateness = Duration.seconds(now.timeIntervalSince(occurrence.instant))
            let isLate = lateness > Self.tolerance
            if isLate, let limit = maximumLateness, lateness > limit {
                return Decision(occurrence: occurrence, state: .skipped, reason: "later than \(limit)")
            }
            if isLate, self == .skip {
                return Decision(occurrence: occurrence, state: .skipped, reason: "misfire policy skip")
            }
            if due.count - index > firing {
                return Decision(occurrence: occurrence, state: .skipped, reason: "a newer one fires in its place")
            }
            let shift = occurrence.isShifted ? "the clock jumps over \(occurrence.localTime)" : ""
            if isLate {
                let late = "found \(Int(lateness.seconds)) s late"
                return Decision(
                    occurrence: occurrence, state: .late, reason: shift.isEmpty ? late : "\(late); \(shift)")
            }
            return Decision(occurrence: occurrence, state: .fired, reason: shift)
        }
    }
}
