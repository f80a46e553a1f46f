import ArgumentParser
import Automation
import Domain

struct RunAlertRenewals: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert-renewals",
        abstract: "Tell the owners of contracts by when they must act, and open the renewals' opportunities.")

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await options.run(AlertRenewals.self) { report in
            var table = Table(
                ("contract", .left), ("customer", .left), ("renewal", .left), ("act by", .left), ("ends", .left),
                ("rung", .right), ("told", .left), ("opportunity", .right))
            for row in report.alerts {
                table.add(
                    row.contract, row.customer, row.renewal.rawValue, "\(row.noticeDeadline)",
                    row.endsOn?.description ?? "", "\(row.rung)", row.recipient, row.opportunity.map { "\($0)" } ?? "")
            }
            return table
        }
    }
}
