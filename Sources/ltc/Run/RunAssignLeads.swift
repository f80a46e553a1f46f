import ArgumentParser
import Automation

struct RunAssignLeads: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign-leads", abstract: "Give every new lead an owner, or a place in a team's pool.")

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await options.run(AssignLeads.self) { report in
            var table = Table(
                ("lead", .right), ("external id", .left), ("team", .left), ("owner", .left), ("rule", .left),
                ("reason", .left))
            for row in report.assigned {
                table.add("\(row.lead)", row.externalId ?? "", row.team, row.member, row.rule ?? "", row.reason)
            }
            for row in report.pooled {
                table.add("\(row.lead)", row.externalId ?? "", row.team, "(pool)", "", row.reason)
            }
            for row in report.disqualified {
                table.add("\(row.lead)", row.externalId ?? "", row.team, "(disqualified)", "", row.reason)
            }
            return table
        }
    }
}
