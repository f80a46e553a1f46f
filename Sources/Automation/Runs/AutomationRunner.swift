import Domain
import Foundation
package import Logging
package import Postgres
import Store

/// Runs an automation: team by team, a lock and a commit a step; or all of it in one transaction that is rolled back.
package struct AutomationRunner: Sendable {
    private let pool: Pool
    private let logger: Logger

    package init(pool: Pool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    /// - Throws: `Problem` when there is no configuration or no such team; database errors.
    package func run<A: Automated>(_ automation: A.Type, _ request: RunRequest) async throws -> RunOutcome<A.Report> {
        var outcome = RunOutcome<A.Report>()
        for team in try await teams(of: A.name, request) {
            outcome.add(try await run(automation, request, team: team))
        }
        return outcome
    }

    private func run<A: Automated>(
        _ automation: A.Type, _ request: RunRequest, team: String?
    ) async throws -> RunOutcome<A.Report> {
        var progress = Progress<A.Report>()
        do {
            repeat {
                let before = progress
                // A preview must disturb nobody: it gives way to a run instead of queueing behind it for long.
                let options = TransactionOptions(
                    rollsBack: request.isPreview, lockTimeout: request.isPreview ? .seconds(5) : nil)
                progress = try await pool.transaction(options) { db in
                    try Self.advance(automation, request, team: team, before, in: db)
                }
            } while progress.last == .more
        } catch {
            if let run = progress.context?.runID, !request.isPreview {
                let counts = try json(progress.report.counts)
                _ = try await pool.transaction { db in
                    try db.execute(RunsSQL.Finish(run: run, state: "failed", reason: "error", counts: counts))
                }
            }
            throw error
        }
        guard let context = progress.context else { return RunOutcome() }
        let run = RunOutcome<A.Report>.Run(
            id: context.runID, team: team, asOf: context.asOf, counts: progress.report.counts,
            heldBecause: progress.last.reason)
        logger.info("run finished", metadata: run.metadata(of: A.name, isPreview: request.isPreview))
        return RunOutcome(runs: [run], report: progress.report)
    }

    /// One transaction of a live run; the whole of a preview.
    private static func advance<A: Automated>(
        _ automation: A.Type, _ request: RunRequest, team: String?, _ before: Progress<A.Report>,
        in db: isolated Connection
    ) throws -> Progress<A.Report> {
        var progress = before
        let context = try before.context ?? begin(A.name, request, team: team, in: db)
        let lock = A.name == .assignLeads ? 0 : context.team?.id ?? 0
        _ = try db.one(RunsSQL.TakeLock(automation: A.name.rawValue, team: lock))
        repeat {
            let step = try A.step(context, in: db)
            progress.report.add(step.report)
            progress.last = step.progress
        } while request.isPreview && progress.last == .more
        if progress.last != .more {
            let reason = progress.last.reason
            try db.execute(
                RunsSQL.Finish(
                    run: context.runID, state: reason == nil ? "done" : "held", reason: reason,
                    counts: json(progress.report.counts)))
        }
        progress.context = context
        return progress
    }

    private static func begin(
        _ name: AutomationName, _ request: RunRequest, team: String?, in db: isolated Connection
    ) throws -> RunContext {
        guard let (version, company) = try ConfigurationStore.current(in: db) else { throw Self.noConfiguration }
        let zone = WorkingClock(zone: .gmt, hours: .officeHours, calendar: BusinessCalendar(nil))
        let directory = try DirectoryStore.load(asOf: request.asOf.instant(on: zone), in: db)
        let ours = try team.map { code in
            guard let team = directory.team(code: code) else { throw Self.unknownTeam(code) }
            return team
        }
        let clock = ours?.clock ?? zone
        let asOf = request.asOf.instant(on: clock)
        let id = try db.one(
            RunsSQL.Begin(
                automation: name.rawValue, team: ours?.id, asOf: asOf, configurationVersion: version,
                actor: request.actor)
        ).id
        return RunContext(
            runID: id, asOf: asOf, team: ours, configurationVersion: version, company: company, directory: directory,
            actor: request.actor, isPreview: request.isPreview, followsClock: request.followsClock,
            isPast: request.now.map { clock.date(of: asOf) < clock.date(of: $0) } ?? false,
            // A machine whose clock is slow is not ahead of its own occurrences.
            isAhead: !request.followsClock && request.now.map { clock.date(of: asOf) > clock.date(of: $0) } ?? false,
            listener: request.listener)
    }

    /// Leads are routed between teams, so their assignment is the company's; the others are each team's own.
    private func teams(of name: AutomationName, _ request: RunRequest) async throws -> [String?] {
        let kinds = name.teamKinds
        if name == .assignLeads, request.team == nil { return [nil] }
        let teams = try await pool.transaction(.init(readOnly: true)) { db in
            try DirectoryStore.load(asOf: Date(), in: db).teams
        }
        guard let code = request.team else { return teams.filter { kinds.contains($0.kind) }.map(\.code) }
        guard let team = teams.first(where: { $0.code == code }) else { throw Self.unknownTeam(code) }
        guard kinds.contains(team.kind) else {
            let kinds = kinds.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .refused, "wrong_team_kind",
                "\(name.rawValue) is for teams of the kind \(kinds); '\(code)' is of \(team.kind.rawValue)",
                advice: "ltc team list")
        }
        return [code]
    }

    private static let noConfiguration = Problem(
        .refused, "no_configuration", "the company is not described yet", advice: "ltc apply config/company.yaml")

    static func unknownTeam(_ code: String) -> Problem {
        Problem(.refused, "unknown_team", "there is no team '\(code)'", advice: "ltc team list")
    }
}

/// How far a run has come, from one of its transactions to the next.
private struct Progress<Report: AutomationReport>: Sendable {
    var context: RunContext?
    var report = Report()
    var last = Step<Report>.Progress.more
}

private func json(_ counts: [String: Int]) throws -> String {
    String(decoding: try JSONEncoder().encode(counts), as: UTF8.self)
}
