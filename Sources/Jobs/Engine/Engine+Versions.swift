import Logging
import Postgres
import Synchronization

/// Jobs of a kind whose arguments have the same version.
public struct JobVersion: Sendable, Hashable {
    public let kind: String
    public let version: Int
}

/// Unfinished jobs that an engine cannot read.
public struct UnreadableJobs: Sendable, Hashable {
    public let kind: String
    public let version: Int
    /// What the engine's handler works with.
    public let handled: Int
    public let jobs: Int

    /// Nobody can read them any more: the way from their version to the handler's is missing. Otherwise they are newer, and an
    /// engine of a newer program reads them.
    public var isLost: Bool { version < handled }
}

extension Engine {
    /// The unfinished jobs of its own kinds that it cannot read: to be asked before it runs.
    ///
    /// - Throws: `DatabaseError`.
    public func unreadable() async throws -> [UnreadableJobs] {
        try await pool.transaction(.init(readOnly: true)) { try $0.run(JobsStoreSQL.Versions()) }.compactMap { row in
            guard let handler = handlers[row.kind], !handler.reads(row.version) else { return nil }
            return UnreadableJobs(kind: row.kind, version: row.version, handled: handler.version, jobs: row.jobs)
        }
    }

    /// Who can work what stands in a lane.
    func reader(of lane: LaneBook.Lane) -> Handler? {
        guard let handler = handlers[lane.kind], handler.reads(lane.version) else { return nil }
        return handler
    }

    /// What nobody here can work stays where it is; once a run it is said aloud.
    func reportUnreadable(_ rows: [JobsSQL.ReadyLanes.Row]) {
        let seen = Set(rows.map { JobVersion(kind: $0.kind, version: $0.version) })
        let news = state.withLock { state in
            let news = seen.filter { handlers[$0.kind]?.reads($0.version) != true }.subtracting(state.unreadable)
            state.unreadable.formUnion(news)
            return news
        }
        for job in news.sorted(by: { ($0.kind, $0.version) < ($1.kind, $1.version) }) {
            logger.warning(
                "Jobs: no handler for what stands ready",
                metadata: ["kind": "\(job.kind)", "version": "\(job.version)"])
        }
    }
}
