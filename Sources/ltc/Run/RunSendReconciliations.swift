import ArgumentParser
import Automation
import Domain

struct RunSendReconciliations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-reconciliations",
        abstract:
            "Ask customers to confirm their balances at the end of the last month that is over, each account once.",
        discussion: """
            Mailed with the letter as PDF; where a customer has no e-mail address, finance is asked to post it. The answers: \
            ltc reconciliation confirm or differ.
            """)

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await options.run(SendReconciliations.self) { report in
            var table = Table(
                ("letter", .left), ("creditor", .left), ("customer", .left), ("balance", .right), ("currency", .left),
                ("goes by", .left))
            for row in report.letters {
                table.add(
                    row.letter ?? "", row.creditor, row.customer, row.balance.amount, row.balance.currency.code,
                    row.channel?.rawValue ?? "")
            }
            return table
        }
    }
}
