import CoreMetrics
import Synchronization

final class CounterSeries: CounterHandler {
    private let total = Atomic<Int64>(0)

    var value: Int64 { total.load(ordering: .relaxed) }

    func increment(by amount: Int64) { total.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { total.store(0, ordering: .relaxed) }
}

/// The last value, or a running sum.
final class GaugeSeries: RecorderHandler, MeterHandler, FloatingPointCounterHandler {
    private let last = Mutex(0.0)

    var value: Double { last.withLock { $0 } }

    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { last.withLock { $0 = value } }
    func increment(by amount: Double) { last.withLock { $0 += amount } }
    func decrement(by amount: Double) { last.withLock { $0 -= amount } }
    func reset() { set(0.0) }
}

/// How many values lie at or below each bound; times are kept in seconds, Prometheus' base unit.
final class HistogramSeries: RecorderHandler, TimerHandler {
    /// From what a machine takes to what a person waits for.
    static let bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800]

    private struct State {
        /// By the first bound that is not exceeded; the last is for what exceeds all.
        var counts = [Int64](repeating: 0, count: bounds.count + 1)
        var sum = 0.0
    }
    private let state = Mutex(State())

    var value: (counts: [Int64], sum: Double) { state.withLock { ($0.counts, $0.sum) } }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) {
        let place = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[place] += 1
            state.sum += value
        }
    }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
