import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres
import Store

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Figures that add up.", subcommands: [ReportAgeing.self])
}

struct ReportAgeing: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ageing",
        abstract: "What is owed, by age and currency; the buckets less what is unallocated are the ledger.",
        discussion: """
            --as-of asks what was owed on a day, payments that were recorded later but effective by then included; \
            --known-at asks what was known at an instant.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var asOf: AsOfOptions

    @Option(help: "Only what was recorded by then: a date or an instant.")
    var knownAt: WhenArgument?

    private struct Body: Encodable {
        struct Currency: Encodable {
            let currency: String
            let buckets: [AgeingBucket: Money]
            let unallocated, ledgerTotal: Money
            let invoices: Int
        }
        let asOf: CalendarDate
        let team: String?
        let currencies: [Currency]
    }

    func run() async throws {
        let (code, when, known) = (team.team, asOf.value, knownAt?.value)
        let (day, ageings) = try await database.ask { db in
            let teams = try DirectoryStore.load(asOf: Date(), in: db).teams
            let ours = try code.map { code in
                guard let team = teams.first(where: { $0.code == code }) else {
                    throw Problem(.refused, "unknown_team", "there is no team '\(code)'", advice: "ltc team list")
                }
                return team
            }
            // The company's day is that of its first finance team.
            let clock = (ours ?? teams.first { $0.kind == .finance })?.clock
            let zone = clock?.zone.identifier ?? "GMT"
            let day = when.day(in: zone)
            let known = known.map { $0.instant(on: clock ?? WorkingClock.plain) }
            return (day, try AgeingStore.ageing(team: ours?.id, on: day, knownAt: known, in: db))
        }
        try answer(day, ageings).print(as: format)
    }

    private func answer(_ day: CalendarDate, _ ageings: [Ageing]) -> Answer<Body> {
        var table = Table(
            ("currency", .left), ("not due", .right), ("1-30", .right), ("31-60", .right), ("61-90", .right),
            ("over 90", .right), ("unallocated", .right), ("ledger", .right), ("invoices", .right))
        let currencies = ageings.map { ageing in
            func money(_ minor: Int) -> Money { Money(minor: minor, currency: ageing.currency) }
            let buckets = ageing.buckets.mapValues(money)
            let cells = AgeingBucket.allCases.map { buckets[$0]?.amount ?? "" }
            table.add(
                ageing.currency.code, cells[0], cells[1], cells[2], cells[3], cells[4],
                money(ageing.unallocatedMinor).amount, money(ageing.ledgerMinor).amount, "\(ageing.items)")
            return Body.Currency(
                currency: ageing.currency.code, buckets: buckets, unallocated: money(ageing.unallocatedMinor),
                ledgerTotal: money(ageing.ledgerMinor), invoices: ageing.items)
        }
        return Answer("report.ageing", Body(asOf: day, team: team.team, currencies: currencies), table: table)
    }
}

extension WorkingClock {
    /// GMT, where no team's zone applies.
    static let plain = WorkingClock(zone: .gmt, hours: .officeHours, calendar: BusinessCalendar(nil))
}
