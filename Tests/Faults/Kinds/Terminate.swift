import Foundation
import Postgres
import TestSupport

extension Fault {
    static let terminate = Fault(name: "terminate", what: "backends of the workers are terminated") { stage, _ in
        var random = SeededRandom(seed: stage.seed)
        try await stage.hire()
        var count = 0
        let end = ContinuousClock.now + stage.length.lasting(short: 6, long: 120)
        while ContinuousClock.now < end {
            try await stage.pause(0.02...0.2, &random)
            count += try await stage.pool.transaction { try $0.run(TerminateOne()) }.count
        }
        return Injection(count: count) { $0.expectNoBurial(&$1) }
    }
}

private struct TerminateOne: Query {
    static let statement = Statement(
        name: "faults.terminate_one",
        text: """
            SELECT pg_terminate_backend(pid) AS done FROM (
                SELECT pid FROM pg_stat_activity WHERE application_name = 'faults-worker' ORDER BY random() LIMIT 1) AS one
            """,
        columns: [Column("done", .boolean)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Bool { try row.value(at: 0, as: .boolean) }
}
