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

/// Count and sum; times are kept in seconds, Prometheus' base unit.
final class SummarySeries: RecorderHandler, TimerHandler {
    private let state = Mutex((count: Int64(0), sum: 0.0))

    var value: (count: Int64, sum: Double) { state.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) {
        state.withLock { state in
            state.count += 1
            state.sum += value
        }
    }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
