import ArgumentParser
import Automation
import Foundation

struct RunRemindFollowUps: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remind-follow-ups",
        abstract: "Remind owners of leads and opportunities that lie still, then their manager.")

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await options.run(RemindFollowUps.self) { report in
            var table = Table(
                ("kind", .left), ("subject", .left), ("id", .right), ("name", .left), ("told", .left), ("rule", .left),
                ("due", .left))
            for row in report.reminders {
                table.add(
                    row.kind, row.subject.kind, "\(row.subject.id)", row.subject.name, row.member, row.rule,
                    row.dueAt.ISO8601Format())
            }
            return table
        }
    }
}
