public import Postgres

/// What a program can do with a kind of job; the lane is part of it (see `Engine`).
public struct Handler: Sendable {
    public typealias BatchedWork = @Sendable (isolated Connection, [Job]) throws -> Void
    public typealias LeasedWork = @Sendable (Job, LeasedContext) async throws -> Void
    /// Arguments of one version made into those of the next.
    public typealias Upcaster = @Sendable (String) throws -> String

    enum Lane: Sendable {
        case batched(BatchedWork)
        case leased(LeasedWork)
    }

    public let kind: String
    public var backoff = Backoff()
    let lane: Lane
    /// An attempt that takes longer is cancelled and has failed.
    let timeout: Duration
    let lease: Duration
    /// The version of arguments that the work understands.
    private(set) var version = 1
    private var upcasters: [Int: Upcaster] = [:]

    /// For short work whose effect is rows only: claimed, worked and completed in one transaction, many at a time.
    ///
    /// When `work` throws, its writes are rolled back and the batch is halved until the guilty job is found; so it must
    /// leave nothing outside of the database, and `JobError` counts only where the batch is a single job.
    public static func batched(_ kind: String, _ work: @escaping BatchedWork) -> Handler {
        Handler(kind: kind, lane: .batched(work), timeout: .seconds(600), lease: .seconds(30))
    }

    /// For work that takes long or reaches outside: the job is held by a lease, kept by a heartbeat.
    public static func leased(
        _ kind: String, timeout: Duration, lease: Duration = .seconds(30), _ work: @escaping LeasedWork
    ) -> Handler {
        Handler(kind: kind, lane: .leased(work), timeout: timeout, lease: lease)
    }

    /// The same work for arguments of a version; what is older is made into it step by step.
    ///
    /// - Parameter upcasters: under each version, what makes its arguments into those of the next. A version without one,
    ///   and those before it, cannot be read.
    public func reading(version: Int, upcasting upcasters: [Int: Upcaster] = [:]) -> Handler {
        var handler = self
        (handler.version, handler.upcasters) = (version, upcasters)
        return handler
    }

    /// Whether it can read arguments of a version.
    func reads(_ version: Int) -> Bool {
        version == self.version
            || version < self.version && (version..<self.version).allSatisfy { upcasters[$0] != nil }
    }

    /// The job with arguments as the work understands them.
    ///
    /// - Throws: what an upcaster throws: the attempt has failed.
    func reading(_ job: Job) throws -> Job {
        guard job.version < version else { return job }
        var job = job
        for step in job.version..<version {
            guard let upcast = upcasters[step] else { throw UnreadableVersion(version: step) }
            job.arguments = try upcast(job.arguments)
        }
        return job
    }

    /// The batch's work on one job under a lease, for jobs that must run alone.
    var leasedWork: LeasedWork {
        switch lane {
        case .leased(let work): work
        case .batched(let work): { job, context in try await context.complete { try work($0, [job]) } }
        }
    }

    var isBatched: Bool {
        if case .batched = lane { true } else { false }
    }
}

private struct UnreadableVersion: Error, CustomStringConvertible {
    let version: Int
    var description: String { "nothing reads arguments of version \(version)" }
}
