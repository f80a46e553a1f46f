import Foundation
import Postgres
import TestSupport

extension Fault {
    /// A rolling upgrade: at first no worker knows the new kinds and the new version of the old kinds' arguments, then some
    /// do, then all. What a worker does not know it leaves alone; what is older a new one reads too.
    static let versions = Fault(
        name: "versions",
        what: "workers of two versions side by side; the old one does not know two kinds and new arguments",
        load: Load(further: newKinds, newer: ["rows", "outside"])
    ) { stage, _ in
        let new = Crew.Role(name: "new", kinds: ["rows", "outside"] + newKinds, version: 2)
        let phase = stage.length.lasting(short: 9, long: 90) / 3
        try await stage.hire(2, Crew.Role(name: "old"))
        let old = await stage.crew.names
        try await Task.sleep(for: phase)
        let touched = try await stage.pool.transaction { try $0.run(Touched(kinds: newKinds)) }
        try await stage.hire(1, new)
        try await Task.sleep(for: phase)
        for name in old {
            await stage.crew.dismiss(name)
            try await stage.hire(1, new)
        }
        try await Task.sleep(for: phase)
        var outcome = Outcome()
        outcome.blame("of an unknown kind or version was touched", touched)
        return Injection(count: 1 + old.count, problems: outcome.problems) { review($0, &$1) }
    }

    private static let newKinds = ["rows-new", "outside-new"]

    private static func review(_ evidence: Evidence, _ outcome: inout Outcome) {
        func isNew(_ job: Finished.Row) -> Bool { newKinds.contains(job.kind) || job.version == 2 }
        let wrong = evidence.finished.filter { isNew($0) && !$0.worker.hasPrefix("new") }
        outcome.blame("worked by a worker that does not know its kind or version", wrong.map(\.job))
        let (kinds, versions) = (Set(evidence.finished.map(\.kind)), Set(evidence.finished.map(\.version)))
        if !kinds.isSuperset(of: newKinds) || versions != [1, 2] {
            outcome.problems.append("no job of a new kind or version was worked: nothing was tried")
        }
        let upcast = evidence.finished.contains { $0.version == 1 && $0.worker.hasPrefix("new") }
        if !upcast { outcome.problems.append("no older arguments were read by a new worker: nothing was tried") }
    }
}

/// Jobs of kinds or versions that nobody knows yet, and that somebody has taken.
private struct Touched: Query {
    static let statement = Statement(
        name: "faults.touched",
        text: """
            SELECT id FROM ltc_jobs.jobs WHERE (kind = ANY ($1::text[]) OR version = 2)
                AND (attempt > 0 OR state NOT IN ('ready', 'waiting'))
            UNION ALL SELECT id FROM ltc_jobs.log WHERE kind = ANY ($1::text[]) OR version = 2
            """,
        parameters: [Column("kinds", .textArray)], columns: [Column("id", .bigint)])
    let kinds: [String]
    func bind(to parameters: inout Parameters) { parameters.append(kinds, as: .textArray) }
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}
