import Foundation
import Postgres
import TestSupport

extension Fault {
    /// A rolling upgrade: at first no worker knows the new kinds, then some do, then all. What a worker does not know it
    /// leaves alone.
    static let versions = Fault(
        name: "versions", what: "workers of two versions side by side; the old one does not know two kinds",
        load: Load(further: newKinds)
    ) { stage, _ in
        let new = Crew.Role(name: "new", kinds: ["rows", "outside"] + newKinds)
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
        outcome.blame("of an unknown kind was touched", touched)
        return Injection(count: 1 + old.count, problems: outcome.problems) { review($0, &$1) }
    }

    private static let newKinds = ["rows-new", "outside-new"]

    private static func review(_ evidence: Evidence, _ outcome: inout Outcome) {
        let wrong = evidence.finished.filter { newKinds.contains($0.kind) && !$0.worker.hasPrefix("new") }
        outcome.blame("worked by a worker that does not know its kind", wrong.map(\.job))
        if !evidence.finished.contains(where: { newKinds.contains($0.kind) }) {
            outcome.problems.append("no job of a new kind was worked: nothing was tried")
        }
    }
}

/// Jobs of kinds that nobody knows yet, and that somebody has taken.
private struct Touched: Query {
    static let statement = Statement(
        name: "faults.touched",
        text: """
            SELECT id FROM ltc_jobs.jobs WHERE kind = ANY ($1::text[]) AND (attempt > 0 OR state NOT IN ('ready', 'waiting'))
            UNION ALL SELECT id FROM ltc_jobs.log WHERE kind = ANY ($1::text[])
            """,
        parameters: [Column("kinds", .textArray)], columns: [Column("id", .bigint)])
    let kinds: [String]
    func bind(to parameters: inout Parameters) { parameters.append(kinds, as: .textArray) }
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}
