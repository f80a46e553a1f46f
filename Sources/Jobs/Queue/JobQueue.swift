import Foundation
public import Postgres

/// Where jobs are put.
public enum JobQueue {
    /// The channel on which workers are woken.
    static let channel = "ltc_jobs"

    /// Stores jobs in the caller's transaction and wakes the workers when it commits.
    ///
    /// - Returns: what has become of each, in their order.
    /// - Throws: `DatabaseError`, among others for arguments that are not a JSON object, an empty key, a limit below 1.
    @discardableResult
    public static func enqueue(_ jobs: [NewJob], in db: isolated Connection) throws -> [Stored] {
        guard !jobs.isEmpty else { return [] }
        if jobs.allSatisfy(\.isFree) {
            if jobs.count == 1 { return [.new(try db.one(JobsSQL.EnqueueOne(jobs[0])).id)] }
            return try db.run(JobsSQL.Enqueue(jobs)).map { .new($0.id) }
        }
        var stored: [Stored?] = Array(repeating: nil, count: jobs.count)
        var left = Array(jobs.indices)
        // Whoever holds a key may let it go between our two looks: then this one is stored after all.
        while !left.isEmpty {
            let outcomes = try enqueueKeyed(left.map { jobs[$0] }, in: db)
            for (index, outcome) in zip(left, outcomes) { stored[index] = outcome }
            left = left.filter { stored[$0] == nil }
        }
        let keys = Set(jobs.compactMap(\.key?.name)).sorted()
        if !keys.isEmpty { _ = try db.run(JobsSQL.Admit(keys: keys)) }
        return stored.compactMap { $0 }
    }

    /// The same for who has nothing else to write: one exchange with the server, where no key is involved.
    ///
    /// - Throws: `DatabaseError`; with `.unknownOutcome` nobody knows whether they were stored.
    @discardableResult
    public static func enqueue(_ jobs: [NewJob], on pool: Pool) async throws -> [Stored] {
        guard !jobs.isEmpty, jobs.allSatisfy(\.isFree) else {
            return try await pool.transaction { try enqueue(jobs, in: $0) }
        }
        if jobs.count == 1 { return try await pool.single(JobsSQL.EnqueueOne(jobs[0])).map { .new($0.id) } }
        return try await pool.single(JobsSQL.Enqueue(jobs)).map { .new($0.id) }
    }

    /// The same on a connection of the caller's own. One who runs on its `thread` changes threads for no job.
    @discardableResult
    public static func enqueue(_ jobs: [NewJob], on connection: Connection) async throws -> [Stored] {
        guard !jobs.isEmpty, jobs.allSatisfy(\.isFree) else {
            return try await connection.transaction { try enqueue(jobs, in: $0) }
        }
        if jobs.count == 1 { return try await connection.single(JobsSQL.EnqueueOne(jobs[0])).map { .new($0.id) } }
        return try await connection.single(JobsSQL.Enqueue(jobs)).map { .new($0.id) }
    }

    /// - Returns: nil for a job whose unique key was held and is not any more.
    private static func enqueueKeyed(_ jobs: [NewJob], in db: isolated Connection) throws -> [Stored?] {
        let rows = try db.run(
            JobsSQL.EnqueueKeyed(
                kinds: jobs.map(\.kind), versions: jobs.map(\.version), arguments: jobs.map(\.arguments),
                queues: jobs.map(\.queue), teams: jobs.map { $0.team ?? 0 },
                dues: jobs.map { $0.dueAt ?? .distantPast }, priorities: jobs.map(\.priority),
                maxima: jobs.map(\.maximumAttempts), uniques: jobs.map { $0.unique?.key ?? "" },
                byArguments: jobs.map { $0.unique?.byArguments ?? false },
                scopes: jobs.map { ($0.unique?.scope ?? .unfinished).rawValue },
                periods: jobs.map { $0.unique?.period.map { Int($0.seconds.rounded(.up)) } ?? 0 },
                keys: jobs.map { $0.key?.name ?? "" },
                keyLimits: jobs.map { $0.key?.limit ?? 0 }))
        var stored: [Stored?] = rows.map { $0.isStored ? .new($0.id) : nil }
        let rest = stored.indices.filter { stored[$0] == nil }
        guard !rest.isEmpty else { return stored }
        let kept = rest.map { jobs[$0] }
        let holders = try db.run(
            JobsSQL.ChangeHolder(
                kinds: kept.map(\.kind), uniqueKeys: rest.map { rows[$0].uniqueKey ?? "" },
                conflicts: kept.map { ($0.unique?.conflict ?? .keep).rawValue }, versions: kept.map(\.version),
                arguments: kept.map(\.arguments), dues: kept.map { $0.dueAt ?? .distantPast },
                priorities: kept.map(\.priority)))
        for (index, row) in zip(rest, holders) {
            stored[index] = row.holder.map { row.isChanged ? .changed($0) : .kept($0) }
        }
        if holders.contains(where: { $0.holder == nil }) {
            try db.execute(
                JobsSQL.DropExpiredKeys(
                    kinds: kept.map(\.kind), keys: rest.map { rows[$0].uniqueKey ?? "" }))
        }
        let freed = Set(holders.compactMap(\.key)).sorted()
        if !freed.isEmpty { _ = try db.run(JobsSQL.Admit(keys: freed)) }
        return stored
    }
}

extension NewJob {
    /// Nothing but its time holds it up.
    fileprivate var isFree: Bool { unique == nil && key == nil }
}

extension JobsSQL.EnqueueOne {
    fileprivate init(_ job: NewJob) {
        self.init(
            kind: job.kind, version: job.version, arguments: job.arguments, queue: job.queue, team: job.team ?? 0,
            due: job.dueAt ?? .distantPast, priority: job.priority, maximum: job.maximumAttempts)
    }
}

extension JobsSQL.Enqueue {
    fileprivate init(_ jobs: [NewJob]) {
        self.init(
            kinds: jobs.map(\.kind), versions: jobs.map(\.version), arguments: jobs.map(\.arguments),
            queues: jobs.map(\.queue), teams: jobs.map { $0.team ?? 0 }, dues: jobs.map { $0.dueAt ?? .distantPast },
            priorities: jobs.map(\.priority), maxima: jobs.map(\.maximumAttempts))
    }
}
