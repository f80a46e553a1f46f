import ArgumentParser
import Automation
import Domain
import Postgres
import Store

struct ReconciliationConfirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "The customer confirms the balance of a letter.")

    @OptionGroup var answer: AnswerOptions

    func run() async throws { try await answer.record(.confirmed, as: "confirm") }
}

struct ReconciliationDiffer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "differ", abstract: "The customer's books say something else: how much, and why.")

    @OptionGroup var answer: AnswerOptions

    @Option(
        parsing: .unconditional,
        help: "The balance by the customer's books, in the letter's currency; below zero when we owe them."
    )
    var amount: String

    @Option(help: "What they say about the difference.")
    var note: String

    func run() async throws { try await answer.record(.differs(amount: amount, note: note), as: "differ") }
}

struct AnswerOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The letter's number: ltc reconciliation list.")
    var number: String

    @Option(help: "The day on which the customer answered; otherwise today.")
    var on: CalendarDate?

    @Flag(help: "Do everything, show it, and roll it back.")
    var dryRun = false

    func record(_ answer: ReconciliationDesk.Answer, as verb: String) async throws {
        let (number, day, when, dryRun) = (number, on, asOf.value, dryRun)
        let row = try await database.withPool { pool in
            try await pool.transaction(.init(rollsBack: dryRun)) { db in
                try ReconciliationDesk.answer(number, answer, on: day, asOf: when, actor: actor(), in: db)
                let query = ReconciliationsSQL.ListReconciliations(
                    team: nil, customer: nil, day: nil, number: number, state: nil, most: 1)
                return try ReconciliationRow(db.one(query))
            }
        }
        try Answer("reconciliation.\(verb)", row) {
            "\(row.number) of \(row.customer): \(row.state)" + (row.difference.map { " by \($0)" } ?? "")
        }.print(as: format)
    }
}
