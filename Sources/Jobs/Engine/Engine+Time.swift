import Foundation
import Logging
import Postgres
import Synchronization

extension Engine {
    /// The one who looks while the lanes sleep: makes ready what comes due, wakes who can work what stands ready, and
    /// fires schedules. Sleeps until the next of them, a change, or the next look.
    func keepTime() async {
        let interval = listening == nil ? options.pollInterval : options.listeningPollInterval
        var failures = 0
        var hasLookedAhead = false
        while !isDraining {
            let heard = timeBell.rings
            do {
                if !hasLookedAhead { try await pool.transaction { try ScheduleBook.lookAhead(in: $0) } }
                hasLookedAhead = true
                let next = try await look().next
                var pause = next.map { min(interval, .seconds($0)) } ?? interval
                if let opening = state.withLock({ $0.lanes.untilOpening }), pause > .zero {
                    pause = min(pause, max(opening, .milliseconds(10)))
                }
                if pause <= .zero {
                    try await fireSchedules()
                    // What is overdue even so is in the hands of another engine: a short pause lets it finish.
                    pause = .milliseconds(10)
                }
                await timeBell.wait(past: heard, atMost: pause)
                failures = 0
            } catch {
                failures += 1
                await self.pause(after: error, "time", failures: failures)
            }
        }
    }

    /// Makes ready what was waiting and is due, and wakes the lanes of all that stands ready.
    ///
    /// - Returns: how many jobs it made ready, and the seconds until the next job or occurrence is due.
    func look() async throws -> (promoted: Int, next: Double?) {
        var promoted = 0
        let portion = 1_000
        while true {
            let (moved, ready, next) = try await pool.transaction(.init(hasFixedPlans: true)) { db in
                let moved = try promoteDue(atMost: portion, in: db)
                let ready = try self.lookAtLanes(in: db)
                return (moved, ready, try db.one(JobsSQL.NextWake()).seconds)
            }
            promoted += moved
            for lane in ready { ring(lane.kind, isSolo: lane.isSolo) }
            if moved < portion { return (promoted, next) }
        }
    }

    /// - Returns: how many jobs it moved.
    private func promoteDue(atMost maximum: Int, in db: isolated Connection) throws -> Int {
        let moved = try db.run(JobsSQL.PromoteDue(maximum: maximum)).map(\.key)
        let keys = Set(moved.compactMap { $0 }).sorted()
        if !keys.isEmpty { _ = try db.run(JobsSQL.Admit(keys: keys)) }
        return moved.count
    }

    /// Sees what stands ready at the head of each lane.
    ///
    @discardableResult
    func lookAtLanes(in db: isolated Connection) throws -> [JobsSQL.ReadyLanes.Row] {
        let rows = try db.run(JobsSQL.ReadyLanes())
        let controls = Controls(try db.run(JobsSQL.Controls()))
        state.withLock { $0.lanes.look(rows, controls) }
        reportUnreadable(rows)
        return rows
    }

    /// What to claim next. Looks at the lanes when what is known of them is out of date or at its end.
    func turn(
        heard: Int, hasLooked: inout Bool, in db: isolated Connection, where isWorkable: (LaneBook.Lane) -> Bool
    ) throws -> Turn {
        func look() throws {
            try lookAtLanes(in: db)
            hasLooked = true
        }
        if !hasLooked, state.withLock({ $0.lanes.isOutdated }) { try look() }
        while true {
            if let claim = state.withLock({ $0.lanes.next(heard: heard, where: isWorkable) }) { return .claim(claim) }
            if hasLooked { return state.withLock { $0.lanes.untilRelease.map(Turn.nothingYet) ?? .nothing } }
            if let fresh = state.withLock({ $0.lanes.fresh }) { return .nothingYet(fresh) }
            try look()
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
            EngineMetrics.record(fired)
        }
        for (schedule, reason) in outcome.unreadable {
            logger.error(
                "Jobs: a schedule cannot be read and is set aside",
                metadata: ["schedule": "\(schedule)", "error": "\(reason)"])
        }
    }

    /// Wakes who can work the kind.
    ///
    /// - Parameter isSolo: a batched kind's job has to run alone, under a lease.
    func ring(_ kind: String, isSolo: Bool = false) {
        guard let handler = handlers[kind] else { return }
        if handler.isBatched && !isSolo { batchBell.ringForOne() } else { leaseBell.ring() }
    }

    /// Passes on what the database says at commit; after every reconnect everybody looks once.
    func listen() async {
        guard let listening else { return }
        await Listener(listening, channels: [JobQueue.channel], logger: logger).hear { event in
            switch event {
            case .notification(_, let payload) where payload.hasPrefix("ready "): ring(String(payload.dropFirst(6)))
            case .notification(_, "cancelled"): leases.lookAgain()
            case .notification(_, "controls"):
                state.withLock { $0.lanes.release() }
                lookAgain()
                for bell in [batchBell, leaseBell] { bell.ring() }
            case .notification: timeBell.ring()
            case .reconnected:
                leases.lookAgain()
                for bell in [batchBell, leaseBell, timeBell] { bell.ring() }
            }
        }
    }
}
