import Dispatch
import Synchronization

/// Threads that wait until all have come; who comes later passes.
final class Meeting: Sendable {
    private let missing: Mutex<Int>
    private let complete = DispatchSemaphore(value: 0)

    init(of count: Int) { missing = Mutex(count) }

    func arrive() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing <= 0
        }
        if !isLast { complete.wait() }
        complete.signal()
    }
}

/// Counts from several threads.
final class Counter: Sendable {
    private let number = Mutex(0)

    var value: Int { number.withLock { $0 } }
    func count() { number.withLock { $0 += 1 } }
}
