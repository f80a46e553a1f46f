import ArgumentParser
import Automation
import Domain
import Foundation
import Logging

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run an automation now, in the foreground: the same code as the daemon's.",
        discussion: "With --dry-run it is the same run, rolled back: nothing stays, nothing is sent.",
        subcommands: [
            RunAssignLeads.self, RunRemindFollowUps.self, RunAlertRenewals.self, RunDunInvoices.self,
            RunSendReconciliations.self,
        ])
}

/// What every automation is asked.
struct RunOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var asOf: AsOfOptions

    @Flag(help: "Do everything, show it, and roll it back.")
    var dryRun = false

    private func request(_ listener: RunListener?) -> RunRequest {
        RunRequest(
            team: team.team, asOf: asOf.value, actor: actor(), isPreview: dryRun, followsClock: asOf.asOf == nil,
            now: Date(), listener: listener)
    }

    /// Runs the automation and shows what it did.
    ///
    /// - Parameter table: the report's rows for people and for CSV.
    func run<A: Automated>(_ automation: A.Type, table: (A.Report) -> Table) async throws {
        let outcome = try await outcome(of: automation)
        try answer(A.name, outcome, table(outcome.report)).print(as: format)
        tell(outcome)
    }

    /// The same for lists that are told while it runs; the CLI's memory holds them only for a table.
    func run(_ automation: DunInvoices.Type, table: ([DunInvoicesReport.Notice]) -> Table) async throws {
        let spool = try DecisionSpool(isJSON: format.json)
        let outcome = try await outcome(of: automation, telling: spool.listener)
        let answer = answer(DunInvoices.name, outcome, table(spool.notices))
        if format.json { try answer.printJSON(lists: spool.writeLists) } else { try answer.print(as: format) }
        tell(outcome)
    }

    private func outcome<A: Automated>(
        of automation: A.Type, telling listener: RunListener? = nil
    ) async throws -> RunOutcome<A.Report> {
        var quiet = Logger(label: "ltc")
        quiet.logLevel = .warning
        return try await database.withPool { [request = request(listener), quiet] pool in
            try await AutomationRunner(pool: pool, logger: quiet).run(automation, request)
        }
    }

    private func answer<Report: AutomationReport>(
        _ name: AutomationName, _ outcome: RunOutcome<Report>, _ rows: Table
    ) -> Answer<RunBody<Report>> {
        Answer("run.\(name.rawValue)", RunBody(outcome, isPreview: dryRun), table: rows) {
            rows.isEmpty ? "" : rows.description
        }
    }

    private func tell<Report>(_ outcome: RunOutcome<Report>) {
        for run in outcome.runs { say(words(on: run)) }
        if dryRun { say("a preview: all of it was rolled back") }
    }

    /// `emea-sales: 3 escalations, 12 reminders`
    private func words<Report>(on run: RunOutcome<Report>.Run) -> String {
        let counts = run.counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }
            .map { "\($0.value) \($0.key.replacing("_", with: " "))" }
        let whose = run.team.map { "\($0): " } ?? ""
        if let reason = run.heldBecause { return "\(whose)held: \(reason)" }
        return whose + (counts.isEmpty ? "nothing to do" : counts.joined(separator: ", "))
    }
}

/// The report's own keys, and beside them the runs that it comes from.
private struct RunBody<Report: AutomationReport>: Encodable {
    private struct Run: Encodable {
        let run: Int
        let team: String?
        let asOf: Date
        let counts: [String: Int]
        let heldBecause: String?
    }

    private enum Keys: String, CodingKey { case run, asOf, dryRun, counts, runs }

    private let report: Report
    private let runs: [Run]
    private let isPreview: Bool

    init(_ outcome: RunOutcome<Report>, isPreview: Bool) {
        report = outcome.report
        runs = outcome.runs.map {
            Run(run: $0.id, team: $0.team, asOf: $0.asOf, counts: $0.counts, heldBecause: $0.heldBecause)
        }
        self.isPreview = isPreview
    }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        if runs.count == 1 { try container.encode(runs[0].run, forKey: .run) }
        try container.encodeIfPresent(runs.map(\.asOf).max(), forKey: .asOf)
        try container.encode(isPreview, forKey: .dryRun)
        try container.encode(report.counts, forKey: .counts)
        try container.encode(runs, forKey: .runs)
    }
}
