import Synchronization

/// The leased jobs that an engine has in hand: one keeper extends all their leases, and ends the work of those that are lost
/// or have taken too long.
final class LeaseBook: Sendable {
    /// One attempt: a job that was lost may be claimed again before the work of its last attempt has ended.
    private struct Hold: Hashable {
        let job, fence: Int

        init(_ job: Job) { (self.job, fence) = (job.id, job.fence) }
    }
    private struct Held {
        let job: Job
        let lease: Duration
        let limit: Duration
        let end: ContinuousClock.Instant
        /// When its lease is extended next.
        var extendAt: ContinuousClock.Instant
        let context: LeasedContext
        /// Who waits for bad news of it, and the news: from then on it is not held any more.
        var listener: CheckedContinuation<Void, any Error>?
        var news: (any Error)?

        var isLive: Bool { news == nil && !context.isCompleted }
    }
    private struct State {
        var held: [Hold: Held] = [:]
        /// When the keeper looks again.
        var nextLook = ContinuousClock.Instant.now
        /// Somebody has cancelled a job: whose, the next look tells.
        var isToldOfCancellation = false
    }
    private let state = Mutex(State())
    /// Rings when the keeper has to look earlier than it meant to.
    let bell = Bell()
    /// How long a cancellation may stay unnoticed.
    private let patience: Duration

    init(patience: Duration) { self.patience = patience }

    /// Does `work` while the lease of `job` is held.
    ///
    /// - Throws: `StaleFence` when the lease is somebody else's, `TimedOut`, `CancellationError`, what `work` throws.
    func holding(
        _ job: Job, _ handler: Handler, _ context: LeasedContext, _ work: @escaping @Sendable () async throws -> Void
    ) async throws {
        let now = ContinuousClock.now
        let hold = Hold(job)
        let isUrgent = state.withLock { state in
            state.held[hold] = Held(
                job: job, lease: handler.lease, limit: handler.timeout, end: now + handler.timeout,
                extendAt: now + min(handler.lease / 3, patience), context: context)
            return now + min(handler.lease / 3, patience, handler.timeout) < state.nextLook
        }
        if isUrgent { bell.ring() }
        defer { state.withLock { $0.held[hold] = nil } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask { try await self.badNews(of: hold) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// How long the keeper may sleep.
    var pause: Duration {
        state.withLock { state in
            let now = ContinuousClock.now
            let next = state.held.values.lazy.filter(\.isLive).map { min($0.extendAt, $0.end) }.min()
            state.nextLook = next ?? now + .seconds(3_600)
            return state.isToldOfCancellation ? .zero : max(state.nextLook - now, .zero)
        }
    }

    /// A job was cancelled by somebody.
    func lookAgain() {
        state.withLock { $0.isToldOfCancellation = true }
        bell.ring()
    }

    /// What is to be extended now: all that is held when one of them is due, in the order of ids. Each is due again a third of
    /// its time later.
    func due() -> [(job: Job, lease: Duration)] {
        let now = ContinuousClock.now
        let due: [(job: Job, lease: Duration)] = state.withLock { state in
            let live = state.held.filter { $0.value.isLive }
            guard state.isToldOfCancellation || live.contains(where: { $0.value.extendAt <= now }) else { return [] }
            state.isToldOfCancellation = false
            for (hold, held) in live { state.held[hold]?.extendAt = now + min(held.lease / 3, patience) }
            return live.values.map { (job: $0.job, lease: $0.lease) }
        }
        return due.sorted { $0.job.id < $1.job.id }
    }

    /// Ends the work of jobs whose lease is somebody else's.
    func lose(_ jobs: some Sequence<Job>) { for job in jobs { tell(Hold(job), StaleFence(job: job.id)) } }

    /// Ends the work of jobs that have taken longer than their handlers may.
    func endOverdue() {
        let now = ContinuousClock.now
        let overdue = state.withLock { state in state.held.filter { $0.value.end <= now } }
        for (hold, held) in overdue { tell(hold, TimedOut(limit: held.limit)) }
    }

    private func tell(_ hold: Hold, _ news: any Error) {
        state.withLock { state in
            guard state.held[hold]?.isLive == true else { return nil as CheckedContinuation<Void, any Error>? }
            state.held[hold]?.news = news
            return state.held[hold]?.listener.take()
        }?.resume(throwing: news)
    }

    /// - Throws: the news; `CancellationError` when the work is done, or the engine stops.
    private func badNews(of hold: Hold) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let news: (any Error)? = state.withLock { state in
                    // What came before this found nobody to tell.
                    if Task.isCancelled { return CancellationError() }
                    if let news = state.held[hold]?.news { return news }
                    state.held[hold]?.listener = continuation
                    return nil
                }
                if let news { continuation.resume(throwing: news) }
            }
        } onCancel: {
            state.withLock { $0.held[hold]?.listener.take() }?.resume(throwing: CancellationError())
        }
    }
}

private struct TimedOut: Error, CustomStringConvertible {
    let limit: Duration
    var description: String { "took longer than its limit of \(limit)" }
}
