import ArgumentParser
import Automation
import Delivery
import Domain
import Foundation
import Postgres
import Store

struct ReconciliationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconciliation",
        abstract: "Monthly letters that ask customers to confirm a balance (对账函), and their answers.",
        subcommands: [
            ReconciliationCreate.self, ReconciliationList.self, ReconciliationShow.self, ReconciliationPackage.self,
            ReconciliationConfirm.self, ReconciliationDiffer.self,
        ])
}

/// Which letters of a month a command is about.
struct ReconciliationOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var asOf: AsOfOptions

    @Option(help: "The month at whose end the balance is asked, as 2026-10.")
    var month: CalendarMonth

    @Option(help: "Only this customer's (its number).")
    var customer: String?

    @Option(help: "Only accounts with this creditor (its code).")
    var creditor: String?

    /// - Returns: the selection, and today in the zone of the team, or of the first finance team.
    func resolve(in db: isolated Connection) throws -> (ReconciliationDesk.Selection, today: CalendarDate) {
        let scope = try ReportOptions.scope(
            team: team.team, customer: customer, asOf: asOf.value, known: nil, in: db)
        let creditors = try db.run(DunningObstaclesSQL.CreditorCodes()).map(\.code)
        if let creditor, !creditors.contains(creditor) {
            throw Problem(
                .refused, "unknown_creditor", "there is no creditor '\(creditor)'",
                advice: "creditors are \(creditors.joined(separator: ", "))")
        }
        let selection = ReconciliationDesk.Selection(
            month: month, team: scope.team, customer: scope.customer, creditor: creditor)
        return (selection, scope.day)
    }

    func put(_ selection: ReconciliationDesk.Selection, into folder: String, in db: isolated Connection) throws
        -> ReconciliationPress.Package
    {
        do {
            return try ReconciliationPress.put(selection, into: DropFolder(URL(filePath: folder)), in: db)
        } catch let error as DropFolderError {
            throw Problem(
                .refused, "not_written", "\(error)", advice: "choose a folder that may be written with --into")
        }
    }
}
