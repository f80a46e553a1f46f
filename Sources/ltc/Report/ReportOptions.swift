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
        let (team, when, known) = (team.team, asOf.value, knownAt?.value)
        return try await database.ask { db in
            try body(Self.scope(team: team, customer: number, asOf: when, known: known, in: db), db)
        }
    }

    /// The company's day is that of the team, or of its first finance team.
    static func scope(
        team code: String?, customer number: String?, asOf: AsOf, known: AsOf?, in db: isolated Connection
    ) throws -> ReportScope {
        let teams = try DirectoryStore.load(asOf: Date(), in: db).teams
        let ours = try code.map { code in
            guard let team = teams.first(where: { $0.code == code }) else {
                throw Problem(.refused, "unknown_team", "there is no team '\(code)'", advice: "ltc team list")
            }
            return team
        }
        let clock = (ours ?? teams.first { $0.kind == .finance })?.clock ?? .plain
        return ReportScope(
            team: ours?.id, customer: try number.map { try ReceiptDesk.customer(named: $0, in: db) },
            day: asOf.day(in: clock.zone.identifier), known: known.map { $0.instant(on: clock) })
    }
}

extension ReportGrouping: ExpressibleByArgument {}
extension AgeingBasis: ExpressibleByArgument {}

extension CalendarMonth: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
