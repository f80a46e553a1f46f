import Jobs
import Postgres

/// A statement that runs for every job, every claim or every look, however many jobs there are.
struct HotStatement: Sendable {
    let statement: Statement
    /// As SQL, for the rows of `CrowdedQueue`.
    let arguments: String
    /// What the name of an index of a partition says that it goes by; nil for a statement that only inserts.
    let index: String?
    /// A claim's own settings (`TransactionOptions.hasFixedPlans`), or the planner's choice.
    var hasFixedPlan = false

    static let all: [HotStatement] = [
        HotStatement(
            statement: JobsSQL.Enqueue.statement,
            arguments: "'{k}', '{1}', '{\"{}\"}', '{default}', '{0}', '{-infinity}', '{0}', '{20}'", index: nil),
        HotStatement(
            statement: JobsSQL.EnqueueOne.statement,
            arguments: "'k', 1, '{}', 'default', 0, '-infinity', 0, 20", index: nil),
        HotStatement(
            statement: JobsSQL.EnqueueKeyed.statement,
            arguments: """
                '{k}', '{1}', '{"{}"}', '{default}', '{0}', '{-infinity}', '{0}', '{20}', '{new}', '{f}', '{unfinished}', '{0}',
                '{line}', '{0}'
                """, index: nil),
        HotStatement(
            statement: JobsSQL.ReadyLanes.statement, arguments: "", index: "ready_0_lane", hasFixedPlan: true),
        HotStatement(
            statement: JobsSQL.ClaimBatch.statement,
            arguments: "0, 'default', 'k3', 1, 0, '-infinity', 0, 'infinity', 500, 1", index: "ready_0_lane",
            hasFixedPlan: true),
        HotStatement(
            statement: JobsSQL.ClaimLeased.statement,
            arguments: "0, 'default', 'k3', 1, 0, false, '-infinity', 0, 'infinity', 16, 1, 30",
            index: "ready_0_lane", hasFixedPlan: true),
        HotStatement(
            statement: JobsSQL.PromoteDue.statement, arguments: "1000", index: "waiting_due", hasFixedPlan: true),
        HotStatement(statement: JobsSQL.NextWake.statement, arguments: "", index: "waiting_due", hasFixedPlan: true),
        HotStatement(
            statement: JobsSQL.ExtendLeases.statement, arguments: "'{2000005,2000006}', '{1,1}', '{30000,30000}'",
            index: "leased_id", hasFixedPlan: true),
        HotStatement(
            statement: JobsSQL.FinishLeased.statement, arguments: "2000005, 1, 'done', NULL", index: "leased_id"),
        HotStatement(
            statement: JobsSQL.FinishMany.statement, arguments: "'{2000005,2000006}', '{1,1}'", index: "leased_id",
            hasFixedPlan: true),
        HotStatement(
            statement: JobsSQL.RecordFailure.statement, arguments: "2000005, 1, 1, 2, 'it broke'", index: "leased_id"),
        HotStatement(
            statement: JobsSQL.Snooze.statement, arguments: "2000005, 1, 1, now() + interval '1 hour'",
            index: "leased_id"),
        HotStatement(
            statement: JobsSQL.ReportProgress.statement, arguments: "2000005, 1, '{\"done\": 1}'", index: "leased_id"),
        HotStatement(
            statement: JobsSQL.ReleaseKeys.statement, arguments: "'{k}', '{5}', '{3000005}', '{unfinished}'",
            index: "unique_keys_pk"),
        HotStatement(
            statement: JobsSQL.ReleasePending.statement, arguments: "'{k}', '{5}', '{3000005}'", index: "unique_keys_pk"
        ),
        HotStatement(
            statement: JobsWorkersSQL.RescueExpired.statement, arguments: "", index: "leased_until", hasFixedPlan: true),
        HotStatement(
            statement: JobsWorkersSQL.BuryDead.statement, arguments: "15", index: nil, hasFixedPlan: true),
    ]

    /// What people ask, what happens at a start, an end, a death, a conflict or once a minute, what asks tables of a few rows,
    /// and what a function hides.
    static let cold: [Statement] =
        JobsSchedulesSQL.statements + JobsStoreSQL.statements + [
            JobsSQL.ChangeHolder.statement, JobsSQL.DropExpiredKeys.statement, JobsSQL.Admit.statement,
            JobsSQL.Controls.statement,
            JobsSQL.Allowance.statement, JobsSQL.Spend.statement, JobsSQL.TakeBack.statement,
            JobsSQL.ReleaseLeases.statement, JobsSQL.DatabaseTime.statement,
            JobsSQL.Tidy.statement, JobsWorkersSQL.Register.statement, JobsWorkersSQL.StayAlive.statement,
            JobsWorkersSQL.AnnounceBatched.statement, JobsWorkersSQL.Deregister.statement,
            JobsWorkersSQL.IsolateHead.statement, JobsWorkersSQL.IsAnyHeld.statement,
        ]
}
