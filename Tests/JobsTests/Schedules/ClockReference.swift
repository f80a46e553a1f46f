import Foundation

@testable import Jobs

/// A slow and obvious reading of the clock: minute by minute, asking the zone for its offset at each.
struct ClockReference {
    /// What the clock shows at an instant: minutes since 1970-01-01T00:00 on the wall.
    struct Tick {
        let instant: Int
        let local: Int
        /// How often it has shown this before, and whether it will again.
        let pass: Int
        let comesAgain: Bool
    }
    /// A local time that the clock jumps over, and when it would have been had the clock not been changed.
    struct Missing {
        let instant: Int
        let local: Int
    }
    /// What stands at a local time: the time that the expression names, and whether it is only told of.
    struct Slot: Hashable {
        let nominal: Int
        let isDropped: Bool
    }
    struct Found: Hashable, CustomStringConvertible {
        let instant: Int
        let nominal: Int
        let fold: Int
        let isDropped: Bool
        var description: String {
            "\(instant) \(LocalTime(minutes: nominal)) fold \(fold)\(isDropped ? " dropped" : "")"
        }
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
            let pass = seen[tick.local, default: 0]
            seen[tick.local] = pass + 1
            ticks.append(
                Tick(
                    instant: tick.instant, local: tick.local, pass: pass, comesAgain: pass + 1 < times[tick.local]!))
        }
    }

    /// What is found, by the plain words of the two policies.
    func occurrences(gap: GapPolicy, overlap: OverlapPolicy, _ slots: (Int) -> [Slot]) -> [Found] {
        var found: [Found] = []
        var firing: Set<Int> = []
        for tick in ticks {
            if overlap == .first, tick.pass > 0 { continue }
            if overlap == .last, tick.comesAgain { continue }
            for slot in slots(tick.local) {
                if !slot.isDropped { firing.insert(tick.instant) }
                found.append(
                    Found(
                        instant: tick.instant, nominal: slot.nominal, fold: overlap == .both ? tick.pass : 0,
                        isDropped: slot.isDropped))
            }
        }
        for jumped in missing {
            for slot in slots(jumped.local) {
                let isDropped = slot.isDropped || gap == .skip || firing.contains(jumped.instant)
                found.append(Found(instant: jumped.instant, nominal: slot.nominal, fold: 0, isDropped: isDropped))
            }
        }
        return found.sorted { ($0.instant, $0.nominal, $0.fold) < ($1.instant, $1.nominal, $1.fold) }
    }
}

extension Occurrences {
    /// Those before an instant, as the reference would tell of them.
    func found(before end: Int) -> [ClockReference.Found] {
        prefix { $0.instant.timeIntervalSince1970 < Double(end) }.map {
            ClockReference.Found(
                instant: Int($0.instant.timeIntervalSince1970), nominal: $0.localTime.minutes, fold: $0.fold,
                isDropped: $0.isDropped)
        }.sorted { ($0.instant, $0.nominal, $0.fold) < ($1.instant, $1.nominal, $1.fold) }
    }
}

extension CronExpression {
    /// The first that fires after an instant.
    func next(
        after instant: Date, in zone: TimeZone, gap: GapPolicy = .shift, overlap: OverlapPolicy = .first
    ) -> Occurrence? {
        Occurrences(self, after: instant, in: zone, gap: gap, overlap: overlap).first { !$0.isDropped }
    }
}
