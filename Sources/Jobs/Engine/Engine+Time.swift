import Foundation
import Logging
import Postgres

extension Engine {
    /// Makes ready what comes due and fires schedules; sleeps until the next of them, a change, or the next poll.
    func keepTime() async {
        var failures = 0
        while !isDraining {
            let heard = timeBell.rings
            do {
                try await promote()
                try await fireSchedules()
                let next = try await pool.transaction { try $0.one(JobsSQL.NextWake()) }.seconds
                // What is overdue already is in the hands of another engine: a short pause lets it finish.
                let pause = next.map { min(options.pollInterval, max(.milliseconds(10), .seconds($0))) }
                await timeBell.wait(past: heard, atMost: pause ?? options.pollInterval)
                failures = 0
            } catch {
                failures += 1
                await pause(after: error, "time", failures: failures)
            }
        }
    }

    /// Makes ready what was waiting and is due.
    ///
    /// - Returns: how many jobs.
    @discardableResult
    func promote() async throws -> Int {
        var promoted = 0
        let portion = 1_000
        while true {
            let kinds = try await pool.transaction { try $0.run(JobsSQL.PromoteDue(maximum: portion)) }.map(\.kind)
            promoted += kinds.count
            for kind in Set(kinds) { ring(kind) }
            if kinds.count < portion { return promoted }
        }
    }

    private func fireSchedules() async throws {
        let outcome = try await pool.transaction { db in try ScheduleBook.fireDue(in: db) }
        for fired in outcome.decided {
            logger.info(
                "Jobs: occurrence",
                metadata: [
                    "schedule": "\(fired.schedule)", "local_time": "\(fired.localTime)", "state": "\(fired.state)",
                ])
            EngineMetrics.recordOccurrence(schedule: fired.schedule, state: fired.state)
        }
        for (schedule, reason) in outcome.unreadable {
            logger.error(
                "Jobs: a schedule cannot be read and is set aside",
                metadata: ["schedule": "\(schedule)", "error": "\(reason)"])
        }
    }

    /// Wakes the lane that can work the kind.
    func ring(_ kind: String) {
        // A batched kind's job may have to run alone, under a lease.
        if handlers[kind]?.isBatched == true { batchBell.ring() }
        if handlers[kind] != nil { leaseBell.ring() }
    }

    /// Passes on what the database says at commit; after every reconnect everybody looks once.
    func listen() async {
        guard let listening else { return }
        for await event in Listener(listening, channels: [JobQueue.channel], logger: logger).notifications {
            switch event {
            case .notification(_, let payload) where payload.hasPrefix("ready "): ring(String(payload.dropFirst(6)))
            case .notification: timeBell.ring()
            case .reconnected: for bell in [batchBell, leaseBell, timeBell] { bell.ring() }
            }
        }
    }
}
