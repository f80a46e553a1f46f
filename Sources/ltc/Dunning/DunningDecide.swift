import ArgumentParser
import Automation
import Domain
import Postgres

struct DunningDecide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Apply a marked register: approve or reject its notices, hold its invoices.",
        discussion: """
            The register of a run (CSV) with the columns decision (approve, reject, hold), reason and until. Lines without a \
            decision are passed over; every other is taken, or rejected with its line and reason.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The marked register.", completion: .file())
    var file: String

    @Flag(help: "Do everything, show it, and roll it back.")
    var dryRun = false

    @Flag(help: "Take nothing when a line is rejected.")
    var strict = false

    func run() async throws {
        let decisions = try DecisionFile(InputFile.text(file), file: file)
        let (when, isPreview) = (asOf.value, dryRun)
        let outcome = try await database.withPool { [strict] pool in
            try await pool.transaction(.init(rollsBack: isPreview)) { db in
                let outcome = try decisions.apply(actor: actor(), asOf: when, isPreview: isPreview, in: db)
                guard strict, let first = outcome.lines.first(where: { $0.problem != nil }) else { return outcome }
                throw Problem(
                    .inputRefused, "rejected_lines",
                    "\(outcome.rejected) lines are rejected, the first: \(first.problem ?? "")",
                    place: file, advice: "mend them, or leave out --strict")
            }
        }
        for problem in outcome.lines.compactMap(\.problem) { say(problem) }
        var table = Table(("line", .right), ("subject", .left), ("decision", .left), ("outcome", .left))
        for line in outcome.lines {
            table.add("\(line.line)", line.subject, line.decision, line.code ?? "taken")
        }
        try Answer("dunning.decide", outcome, table: table).print(as: format)
    }
}
