import Foundation
import Jobs
import Postgres

/// What was asked for and what came of it, beside the engine's own tables.
enum Ledger {
    static let tables = """
        CREATE SCHEMA faults;
        CREATE TABLE faults.wanted (job bigint NOT NULL, kind text NOT NULL, due_at timestamptz NOT NULL);
        -- No key: what is doubled must be seen, not refused.
        CREATE TABLE faults.effects (
            job bigint NOT NULL, fence bigint NOT NULL, worker text NOT NULL,
            at timestamptz NOT NULL DEFAULT clock_timestamp());
        CREATE INDEX ON faults.effects (job);
        """
}

/// Notes jobs in the transaction that stores them: what is there must be worked.
struct NoteWanted: Query {
    typealias Row = Void
    static let statement = Statement(
        name: "faults.note_wanted",
        text: "INSERT INTO faults.wanted SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[])",
        parameters: [Column("jobs", .bigintArray), Column("kinds", .textArray), Column("dues", .timestamptzArray)])
    let jobs: [(id: Int, kind: String, due: Date)]
    func bind(to parameters: inout Parameters) {
        parameters.append(jobs.map(\.id), as: .bigintArray)
        parameters.append(jobs.map(\.kind), as: .textArray)
        parameters.append(jobs.map(\.due), as: .timestamptzArray)
    }
    static func decode(_ row: borrowing ResultRow) {}
}

/// A handler's effect: a row a job.
struct LeaveEffects: Query {
    typealias Row = Void
    static let statement = Statement(
        name: "faults.leave_effects",
        text: "INSERT INTO faults.effects (job, fence, worker) SELECT *, $3 FROM unnest($1::bigint[], $2::bigint[])",
        parameters: [Column("jobs", .bigintArray), Column("fences", .bigintArray), Column("worker", .text)])
    let jobs: [Job]
    let worker: String
    init(_ jobs: [Job], worker: String) { (self.jobs, self.worker) = (jobs, worker) }
    func bind(to parameters: inout Parameters) {
        parameters.append(jobs.map(\.id), as: .bigintArray)
        parameters.append(jobs.map(\.fence), as: .bigintArray)
        parameters.append(worker, as: .text)
    }
    static func decode(_ row: borrowing ResultRow) {}
}

/// A job and what does not hold of it, at the end, when nothing is left to do.
struct Broken: Query {
    static let statement = Statement(
        name: "faults.broken",
        text: """
            SELECT 'lost' AS problem, job FROM faults.wanted AS wanted
            WHERE NOT EXISTS (SELECT FROM faults.effects WHERE effects.job = wanted.job)
                OR NOT EXISTS (SELECT FROM ltc_jobs.log WHERE log.id = wanted.job AND log.state = 'done')
            UNION ALL SELECT 'doubled', job FROM faults.effects GROUP BY job HAVING count(*) > 1
            UNION ALL SELECT 'doubled', id FROM ltc_jobs.log GROUP BY id HAVING count(*) > 1
            UNION ALL SELECT 'took effect under another fence than it ended under', job
            FROM faults.effects JOIN ltc_jobs.log ON log.id = effects.job WHERE log.fence <> effects.fence
            UNION ALL SELECT 'still ' || state, id FROM ltc_jobs.jobs
            UNION ALL SELECT 'its unique key leaked', job FROM ltc_jobs.unique_keys
            UNION ALL SELECT 'run before its time', job FROM faults.wanted JOIN faults.effects USING (job)
            WHERE effects.at < wanted.due_at
            """,
        columns: [Column("problem", .text), Column("job", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> (problem: String, job: Int) {
        (try row.value(at: 0, as: .text), try row.value(at: 1, as: .bigint))
    }
}

/// The live jobs that hold a unique key which another live job holds too; one look is one snapshot.
struct KeyRivals: Query {
    static let statement = Statement(
        name: "faults.key_rivals",
        text: """
            SELECT unnest(array_agg(id)) AS job FROM ltc_jobs.jobs
            WHERE unique_key IS NOT NULL AND state <> 'dead' GROUP BY kind, unique_key HAVING count(*) > 1
            """,
        columns: [Column("job", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

/// How many jobs are not finished.
struct Unfinished: Query {
    static let statement = Statement(
        name: "faults.unfinished", text: "SELECT count(*) AS jobs FROM ltc_jobs.jobs",
        columns: [Column("jobs", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

/// The finished jobs that were asked for: the fence under which each ended, when it was due, and when it took effect.
struct Finished: Query {
    static let statement = Statement(
        name: "faults.finished",
        text: """
            SELECT wanted.job, wanted.kind, log.fence, wanted.due_at, effects.at, effects.worker, log.version
            FROM faults.wanted JOIN ltc_jobs.log ON log.id = wanted.job JOIN faults.effects ON effects.job = wanted.job
            """,
        columns: [
            Column("job", .bigint), Column("kind", .text), Column("fence", .bigint), Column("due_at", .timestamptz),
            Column("at", .timestamptz), Column("worker", .text), Column("version", .integer),
        ])
    struct Row: Sendable {
        let job: Int
        let kind: String
        let fence: Int
        let dueAt: Date
        let at: Date
        let worker: String
        /// Of the arguments as they were stored.
        let version: Int
    }
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Row {
        Row(
            job: try row.value(at: 0, as: .bigint), kind: try row.value(at: 1, as: .text),
            fence: try row.value(at: 2, as: .bigint), dueAt: try row.value(at: 3, as: .timestamptz),
            at: try row.value(at: 4, as: .timestamptz), worker: try row.value(at: 5, as: .text),
            version: try row.value(at: 6, as: .integer))
    }
}
