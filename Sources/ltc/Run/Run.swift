import ArgumentParser
import Automation
import Domain
import Foundation
import Logging

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run an automation now, in the foreground: the same code as the daemon's.",
        discussion: "With --dry-run it is the same run, rolled back: nothing stays, nothing is sent.",
        subcommands: [RunAssignLeads.self, RunRemindFollowUps.self, RunAlertRenewals.self, RunDunInvoices.self])
}

/// What every automation is asked.
struct RunOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var asOf: AsOfOptions

    @Flag(help: "Do everything, show it, and roll it back.")
    var dryRun = false

    private var request: RunRequest {
        RunRequest(
            team: team.team, asOf: asOf.value, actor: actor(), isPreview: dryRun, followsClock: asOf.asOf == nil,
            now: Date())
    }

    /// Runs the automation and shows what it did.
    ///
    /// - Parameter table: the report's rows for people and for CSV.
    func run<A: Automated>(_ automation: A.Type, table: (A.Report) -> Table) async throws {
        var quiet = Logger(label: "ltc")
        quiet.logLevel = .warning
        let outcome = try await database.withPool { [request, quiet] pool in
            try await AutomationRunner(pool: pool, logger: quiet).run(automation, request)
        }
        let rows = table(outcome.report)
        try Answer("run.\(A.name.rawValue)", RunBody(outcome, isPreview: dryRun), table: rows) {
            rows.isEmpty ? "" : rows.description
        }.print(as: format)
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
