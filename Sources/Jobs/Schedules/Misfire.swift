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

    init(_ occurrence: Occurrence, _ state: State, _ words: String? = nil) {
        self.occurrence = occurrence
        self.state = state
        reason = [words, occurrence.reason].compactMap(\.self).joined(separator: "; ")
    }
}

extension MisfirePolicy {
    /// What is found up to this late is on time: a daemon was restarted, a database failed over.
    static let tolerance: Duration = .seconds(60)

    /// Decides what has come due since the last look.
    ///
    /// - Parameter due: ascending, none after `now`.
    func decide(_ due: [Occurrence], now: Date, maximumLateness: Duration?) -> [Decision] {
        let firing = due.filter { !$0.isDropped }
        // All of them are due before the first of these: a newer one fires in their place.
        let newest: Date? =
            switch self {
            case .skip, .all: nil
            case .once: firing.last?.instant
            case .last(let count): firing.suffix(count).first?.instant
            }
        return due.map { occurrence in
            if occurrence.isDropped { return Decision(occurrence, .skipped) }
            let lateness = Duration.seconds(now.timeIntervalSince(occurrence.instant))
            let isLate = lateness > Self.tolerance
            let found = "found \(lateness.words) late"
            if isLate, let limit = maximumLateness, lateness > limit {
                return Decision(occurrence, .skipped, "\(found), later than \(limit.words)")
            }
            if isLate, self == .skip { return Decision(occurrence, .skipped, "\(found), misfire policy skip") }
            if let newest, occurrence.instant < newest {
                return Decision(occurrence, .skipped, "a newer one fires in its place")
            }
            return isLate ? Decision(occurrence, .late, found) : Decision(occurrence, .fired)
        }
    }
}

extension Duration {
    /// In its largest unit and the next: `14 h 52 min`.
    fileprivate var words: String {
        let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)]
        let whole = Int(components.seconds)
        guard let largest = units.firstIndex(where: { whole >= $0.1 }) else { return "0 s" }
        var rest = whole
        return units[largest...].prefix(2).map { name, seconds in
            defer { rest %= seconds }
            return (count: rest / seconds, name: name)
        }.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }.joined(separator: " ")
    }
}
