import Foundation

@testable import Jobs

/// A slow and obvious reading of the clock: minute by minute, asking the zone for its offset at each.
struct ClockReference {
    struct Tick: Hashable {
        let instant: Int
        /// Minutes since 1970-01-01T00:00 on the wall clock.
        let local: Int
        let fold: Int
        let comesAgain: Bool
    }
    /// A local time that the clock jumps over, and when it would have been had the clock not been changed.
    struct Missing: Hashable {
        let instant: Int
        let local: Int
    }

    private(set) var ticks: [Tick] = []
    private(set) var missing: [Missing] = []

    init(_ zone: TimeZone, from start: Int, to end: Int) {
        func local(_ instant: Int) -> Int {
            (instant + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))) / 60
        }
        let shown = stride(from: start, to: end, by: 60).map { (instant: $0, local: local($0)) }
        var times: [Int: Int] = [:]
        for tick in shown { times[tick.local, default: 0] += 1 }
        var seen: [Int: Int] = [:]
        for (index, tick) in shown.enumerated() {
            if index > 0, tick.local > shown[index - 1].local + 1 {
                let first = shown[index - 1].local + 1
                missing += (first..<tick.local).map { Missing(instant: tick.instant + ($0 - first) * 60, local: $0) }
            }
            seen[tick.local, default: 0] += 1
            ticks.append(
                Tick(
                    instant: tick.instant, local: tick.local, fold: seen[tick.local]! - 1,
                    comesAgain: seen[tick.local]! < times[tick.local]!))
        }
    }

    /// What fires, by the plain words of the two policies.
    func occurrences(gap: GapPolicy, overlap: OverlapPolicy, _ fires: (Int) -> Bool) -> [String] {
        var found: [(instant: Int, text: String)] = []
        for tick in ticks where fires(tick.local) {
            if overlap == .first && tick.fold > 0 || overlap == .last && tick.comesAgain { continue }
            found.append((tick.instant, "\(tick.instant) \(LocalTime(minutes: tick.local)) \(tick.fold)"))
        }
        if gap == .shift {
            let instants = Set(ticks.filter { fires($0.local) }.map(\.instant))
            for jumped in missing where fires(jumped.local) && !instants.contains(jumped.instant) {
                found.append((jumped.instant, "\(jumped.instant) \(LocalTime(minutes: jumped.local)) 0"))
            }
        }
        return found.sorted { $0.instant < $1.instant }.map(\.text)
    }
}
