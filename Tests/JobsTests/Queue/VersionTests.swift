import Foundation
import Jobs
import Postgres
import Testing

/// Programs of two versions work one queue.
@Suite(.timeLimit(.minutes(10))) struct VersionTests {
    @Test(arguments: ["batched", "leased"])
    func `older arguments are made into newer ones step by step, and newer ones wait for who can read them`(
        lane: String
    )
        async throws
    {
        try await JobsDatabase.with { database in
            let seen = Sizes()
            func handler() -> Handler {
                lane == "batched"
                    ? .batched("k") { _, jobs in for job in jobs { seen.add(job.arguments, job.version) } }
                    : .leased("k", timeout: .seconds(9)) { job, _ in seen.add(job.arguments, job.version) }
            }
            try await database.enqueue((1...4).map { NewJob(kind: "k", arguments: #"{"v": \#($0)}"#, version: $0) })
            let old = database.engine(handler().reading(version: 2))
            #expect(try await old.runUntilIdle().completed == 1)
            #expect(
                try await old.unreadable().map { "\($0.kind) \($0.version) \($0.isLost)" }
                    == ["k 1 true", "k 3 false", "k 4 false"])
            let new = database.engine(
                handler().reading(version: 4, upcasting: [1: { $0 + "1" }, 2: { $0 + "2" }, 3: { $0 + "3" }]))
            #expect(try await new.unreadable() == [])
            #expect(try await new.runUntilIdle().completed == 3)
            #expect(
                seen.all == [
                    #"{"v": 2}"#: [2], #"{"v": 1}123"#: [1], #"{"v": 3}3"#: [3], #"{"v": 4}"#: [4],
                ])
        }
    }

    @Test func `arguments that cannot be upcast fail alone`() async throws {
        try await JobsDatabase.with { database in
            let jobs = (0..<20).map { NewJob(kind: "k", arguments: #"{"n": \#($0)}"#, maximumAttempts: 1) }
            try await database.enqueue(jobs)
            let handler = Handler.batched("k") { db, jobs in try db.execute(Mark(jobs)) }
            let counts = try await database.engine(
                handler.reading(
                    version: 2,
                    upcasting: [
                        1: { text in
                            if text.contains("13") { throw JobError.discard(reason: "no such thing") }
                            return text
                        }
                    ])
            ).runUntilIdle()
            #expect(counts.completed == 19 && counts.discarded == 1)
        }
    }
}
