import Foundation
import Glibc
import Jobs
import Synchronization

/// Counts the jobs of a worker in a file that the harness reads meanwhile: three 64-bit numbers in the machine's order, the
/// jobs started, the time of the first start and of the last.
final class Tally: Sendable {
    private struct State: ~Copyable {
        let slot: UnsafeMutablePointer<Int64>
        /// Nanoseconds from the enqueuing call to the start, of the jobs that say when they were enqueued.
        var latencies: [Int] = []
        deinit { munmap(slot, Tally.size) }
    }
    private static let size = 24
    private let state: Mutex<State>

    /// - Parameter path: a file of 24 bytes.
    init(path: String) throws {
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(file) }
        guard let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), memory != MAP_FAILED
        else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        state = Mutex(State(slot: memory.bindMemory(to: Int64.self, capacity: 3)))
    }

    func count(_ jobs: [Job]) {
        state.withLock { state in
            for job in jobs {
                let now = Self.now()
                if state.slot[0] == 0 { state.slot[1] = Int64(now) }
                state.slot[0] += 1
                state.slot[2] = Int64(now)
                if job.arguments == "{}" { continue }
                guard let calledAt = Int(job.arguments.filter(\.isNumber)) else { continue }
                state.latencies.append(now - calledAt)
            }
        }
    }

    var latencies: [Int] { state.withLock { $0.latencies } }

    /// CLOCK_MONOTONIC in nanoseconds, which the harness's processes share.
    static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
