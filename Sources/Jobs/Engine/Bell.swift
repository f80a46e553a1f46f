import Synchronization

/// Wakes whoever sleeps on it. A ring between looking and falling asleep is not missed: the sleeper says which it has heard.
final class Bell: Sendable {
    private struct State {
        var rings = 0
        var lastSleeper = 0
        var sleepers: [Int: CheckedContinuation<Void, Never>] = [:]
    }
    private let state = Mutex(State())

    /// How often it has rung. Take it before looking for work, hand it to `wait`.
    var rings: Int { state.withLock { $0.rings } }

    func ring() {
        let sleepers = state.withLock { state in
            state.rings += 1
            defer { state.sleepers = [:] }
            return state.sleepers.values
        }
        for sleeper in sleepers { sleeper.resume() }
    }

    /// The same, but of several sleepers it wakes one: for work that one can do, and who calls another if it cannot.
    func ringForOne() {
        state.withLock { state in
            state.rings += 1
            return state.sleepers.popFirst()
        }?.value.resume()
    }

    /// Wakes one sleeper to help with what was rung for before.
    func callAnother() { state.withLock { $0.sleepers.popFirst() }?.value.resume() }

    /// Returns at the first ring after the `heard`-th, when the time is up, or when the task is cancelled.
    ///
    /// - Parameter limit: nil for as long as it takes.
    func wait(past heard: Int, atMost limit: Duration? = nil) async {
        let sleeper = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        let alarm = limit.map { limit in
            Task {
                try await Task.sleep(for: limit)
                self.wake(sleeper)
            }
        }
        defer { alarm?.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAwake = state.withLock { state in
                    // A cancellation before this found nobody to wake.
                    if state.rings > heard || Task.isCancelled { return true }
                    state.sleepers[sleeper] = continuation
                    return false
                }
                if isAwake { continuation.resume() }
            }
        } onCancel: {
            wake(sleeper)
        }
    }

    private func wake(_ sleeper: Int) { state.withLock { $0.sleepers.removeValue(forKey: sleeper) }?.resume() }
}
