import ArgumentParser
import Automation
import Domain

struct RunDunInvoices: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dun-invoices",
        abstract: "Propose a notice for each customer whose overdue invoices reach a higher level.",
        discussion: """
            Below the limit of its currency a notice is approved at once; `ltc dunning approve` does the rest. A run dated \
            in the past only proposes.
            """
    )

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await options.run(DunInvoices.self) { notices in
            var table = Table(
                ("notice", .right), ("number", .left), ("customer", .left), ("level", .right), ("invoices", .right),
                ("open", .right), ("charges", .right), ("interest", .right), ("compensation", .right), ("fee", .right),
                ("total", .right), ("currency", .left),
                ("state", .left), ("reason", .left))
            for row in notices {
                table.add(
                    "\(row.notice)", row.number ?? "", row.customer, "\(row.level)", "\(row.invoices.count)",
                    row.open.amount, row.charges.amount, row.interest.amount, row.compensation.amount, row.fee.amount,
                    row.total.amount, row.currency, row.state, row.reason ?? "")
            }
            return table
        }
    }
}
