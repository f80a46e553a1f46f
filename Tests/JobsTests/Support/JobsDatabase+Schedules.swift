import Foundation
import Jobs
import Postgres

extension JobsDatabase {
    /// Decides what is due at an instant: local times and what became of them.
    func fire(now: String) async throws -> [String] {
        let now = try Date(now, strategy: .iso8601)
        return try await pool.transaction { db in
            try ScheduleBook.fireDue(now: now, in: db).decided.map { "\($0.localTime) \($0.state)" }
        }
    }

    /// A schedule as if it had been stored at an instant.
    func store(_ schedule: Schedule, calendars: [WorkingCalendar] = [], at instant: String) async throws {
        try await pool.transaction { try ScheduleBook.replace([schedule], calendars: calendars, in: $0) }
        try await run("UPDATE ltc_jobs.schedules SET decided_until = '\(instant)', next_due = '\(instant)'")
    }

    /// Newest first: nominal local time, state, reason.
    func ledger(_ name: String) async throws -> [String] {
        try await pool.transaction { db in
            try ScheduleBook.ledger(of: name, limit: 1_000, in: db).map { row in
                [row.localTime, row.state, row.reason].compactMap(\.self).joined(separator: " ")
            }
        }
    }
}
