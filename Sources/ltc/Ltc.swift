import ArgumentParser
import Domain
import Foundation

/// The admin's command.
@main
struct Ltc: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ltc",
        abstract: "Lead to cash, run by the clock: the admin's command on the database of ltcd.",
        subcommands: [
            Apply.self,
            ContractCommand.self,
            CustomerCommand.self,
            Doctor.self,
            DunningCommand.self,
            Export.self,
            Import.self,
            InvoiceCommand.self,
            JobCommand.self,
            LeadCommand.self,
            MemberCommand.self,
            Message.self,
            Migrate.self,
            OpportunityCommand.self,
            Pause.self,
            QueueCommand.self,
            ReceiptCommand.self,
            ReconciliationCommand.self,
            ReminderCommand.self,
            ReportCommand.self,
            Resume.self,
            Run.self,
            Sample.self,
            ScheduleCommand.self,
            Status.self,
            TeamCommand.self,
        ])

    /// Parses, runs and ends with the exit codes of the manual: 0 done, 1 refused, 2 usage, 65 input refused,
    /// 69 database unreachable, 70 a defect.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Foundation.exit(Failure(error).tell())
        }
    }
}
