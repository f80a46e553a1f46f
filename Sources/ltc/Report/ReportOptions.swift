import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres
import Store

/// What every report may be asked.
struct ReportOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var asOf: AsOfOptions

    @Option(help: "Only what was recorded by then: a date or an instant.")
    var knownAt: WhenArgument?

    /// Asks in one read-only transaction, about all customers or about one.
    ///
    /// - Throws: a `Problem` when there is no such team or customer.
    func ask<Result: Sendable>(
        customer number: String? = nil, _ body: @Sendable (ReportScope, isolated Connection) throws -> Result
    ) async throws -> Result {
        let (code, when, known) = (team.team, asOf.value, knownAt?.value)
        return try await database.ask { db in
            let teams = try DirectoryStore.load(asOf: Date(), in: db).teams
            let ours = try code.map { code in
                guard let team = teams.first(where: { $0.code == code }) else {
                    throw Problem(.refused, "unknown_team", "there is no team '\(code)'", advice: "ltc team list")
                }
                return team
            }
            let customer = try number.map { try Self.customer($0, in: db) }
            // The company's day is that of its first finance team.
            let clock = (ours ?? teams.first { $0.kind == .finance })?.clock ?? .plain
            let scope = ReportScope(
                team: ours?.id, customer: customer, day: when.day(in: clock.zone.identifier),
                known: known.map { $0.instant(on: clock) })
            return try body(scope, db)
        }
    }

    static func customer(_ number: String, in db: isolated Connection) throws -> Int {
        let found = try db.run(ReceiptsSQL.CustomerByNumber(number: number)).map(\.id)
        guard let customer = found.first, found.count == 1 else {
            throw Problem(
                .refused, found.isEmpty ? "no_such_customer" : "two_customers",
                "\(found.isEmpty ? "no customer has" : "customers of two sources have") the number '\(number)'",
                advice: "ltc customer list")
        }
        return customer
    }
}

extension WorkingClock {
    /// GMT, where no team's zone applies.
    static let plain = WorkingClock(zone: .gmt, hours: .officeHours, calendar: BusinessCalendar(nil))
}

extension ReportGrouping: ExpressibleByArgument {}
extension AgeingBasis: ExpressibleByArgument {}

extension CalendarMonth: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
