import Jobs
import Postgres
import Testing

/// The hot path stays short however much stands in the tables, and whether or not the planner has been told of it.
@Suite(.timeLimit(.minutes(10))) struct PlanTests {
    @Test func `every statement of the engine is guarded, or known to be asked seldom`() {
        let known = HotStatement.all.map(\.statement.name) + HotStatement.cold.map(\.name)
        #expect(Set(known).count == known.count)
        #expect(Set(JobsStatements.all.map(\.name)).symmetricDifference(known) == [])
    }

    @Test func `a hot statement goes by its index and reads what it gives, with and without statistics`() async throws {
        try await JobsDatabase.with { database in
            try await database.run(CrowdedQueue.fill)
            for isAnalyzed in [false, true] {
                if isAnalyzed { try await database.run("ANALYZE") }
                for hot in HotStatement.all {
                    // Five times a statement is planned for its values; then the server may settle on one plan for all.
                    for earlier in hot.hasFixedPlan ? [0] : [0, 6] {
                        let nodes = try await plan(of: hot, after: earlier, database)
                        let words: Comment = "\(hot.statement.name) after \(earlier), analyzed: \(isAnalyzed) \(nodes)"
                        // A claim of 500 reads them, joins them and writes them: no node has more to do than that.
                        #expect(nodes.allSatisfy { $0.rows <= 1_000 }, words)
                        guard let index = hot.index else { continue }
                        #expect(nodes.contains { $0.index?.contains(index) == true }, words)
                    }
                }
            }
        }
    }

    /// What it does to the tables is rolled back.
    private func plan(of hot: HotStatement, after earlier: Int, _ database: JobsDatabase) async throws -> [PlanNode] {
        try await database.pool.transaction(.init(rollsBack: true, hasFixedPlans: hot.hasFixedPlan)) { db in
            let execute = "EXECUTE hot\(hot.arguments.isEmpty ? "" : "(\(hot.arguments))")"
            try db.script("\(Explain.function); PREPARE hot AS \(hot.statement.text)")
            for _ in 0..<earlier { try db.script("EXPLAIN \(execute)") }
            let nodes = try db.run(Explain(sql: execute))
            try db.script("DEALLOCATE hot")
            return nodes
        }
    }
}
