import Foundation
import Metrics

/// What the engine tells swift-metrics.
enum EngineMetrics {
    static func record(_ counts: RunCounts, kind: String, lane: String, duration: Duration) {
        let dimensions = [("kind", kind), ("lane", lane)]
        func add(_ label: String, _ value: Int) {
            if value > 0 { Counter(label: label, dimensions: dimensions).increment(by: value) }
        }
        add("jobs_claimed_total", counts.claimed)
        add("jobs_completed_total", counts.completed)
        add("jobs_failed_total", counts.failed)
        add("jobs_dead_total", counts.dead)
        Timer(label: "jobs_duration_seconds", dimensions: dimensions).recordNanoseconds(Int64(duration.seconds * 1e9))
    }

    /// How long jobs that were just claimed had waited since they were due.
    static func record(waitsOf jobs: [Job], lane: String) {
        guard let kind = jobs.first?.kind else { return }
        let timer = Timer(label: "jobs_wait_seconds", dimensions: [("kind", kind), ("lane", lane)])
        let now = Date()
        for job in jobs { timer.recordNanoseconds(Int64(max(0, now.timeIntervalSince(job.dueAt)) * 1e9)) }
    }

    static func record(_ occurrence: DecidedOccurrence) {
        let schedule = ("schedule", occurrence.schedule)
        Counter(label: "jobs_occurrences_total", dimensions: [schedule, ("state", occurrence.state)]).increment()
        let lateness = max(0, Date().timeIntervalSince(occurrence.dueAt))
        Timer(label: "jobs_occurrence_lateness_seconds", dimensions: [schedule]).recordNanoseconds(
            Int64(lateness * 1e9))
    }

    /// Rows that are dead and not yet removed, by table.
    static func record(_ tables: [JobsStoreSQL.DeadRows.Row]) {
        for row in tables { Gauge(label: "jobs_dead_rows", dimensions: [("table", row.name)]).record(row.rows) }
    }

    /// - Parameter before: the lanes that stood in the last measurement; one that is gone is now empty.
    /// - Returns: the lanes that stand in this one.
    static func record(_ queues: [JobsStoreSQL.Counts.Row], before: Set<QueueLane>) -> Set<QueueLane> {
        var lanes: Set<QueueLane> = []
        for row in queues {
            let lane = QueueLane(queue: row.queue, kind: row.kind, state: row.state)
            lanes.insert(lane)
            record(lane, depth: row.jobs, oldest: row.oldestSeconds)
        }
        for lane in before.subtracting(lanes) { record(lane, depth: 0, oldest: 0) }
        return lanes
    }

    private static func record(_ lane: QueueLane, depth: Int, oldest: Double) {
        let dimensions = [("queue", lane.queue), ("kind", lane.kind), ("state", lane.state)]
        Gauge(label: "jobs_depth", dimensions: dimensions).record(depth)
        if lane.state == "ready" { Gauge(label: "jobs_oldest_ready_seconds", dimensions: dimensions).record(oldest) }
    }
}

/// Jobs of a kind in a queue that are in the same state.
struct QueueLane: Sendable, Hashable {
    let queue: String
    let kind: String
    let state: String
}
