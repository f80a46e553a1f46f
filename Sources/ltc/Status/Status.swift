import ArgumentParser
import Domain
import Foundation
import Jobs
import Postgres
import Store

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "How the house stands, on one screen.")

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    func run() async throws {
        let now = asOf.instant
        let body = try await database.withPool { pool in
            try await pool.transaction(.init(isolation: .repeatableRead, readOnly: true)) { db in
                try StatusBody(asOf: now, in: db)
            }
        }
        try Answer("status", body) { body.text }.print(as: format)
    }
}

struct StatusBody: Encodable {
    struct Count: Encodable {
        var team: String?
        var kind: String?
        var state: String?
        var count: Int
    }

    struct Contract: Encodable {
        let number: String
        let customer: String
        let team: String
        let endsOn: CalendarDate
        let noticeDeadline: CalendarDate
    }

    struct Debt: Encodable {
        let open: Money
        let overdue: Money
        let items: Int
    }

    struct Run: Encodable {
        let automation: String
        let team: String?
        let asOf: Date
        let state: String
        let reason: String?
    }

    let asOf: Date
    let leads: [Count]
    let followUps: [Count]
    /// Those whose notice deadline lies within the next 30 days, the nearest first.
    let contracts: [Contract]
    let debts: [Debt]
    let messages: [Count]
    let jobs: [Count]
    let runs: [Run]

    private static let horizon = 30
    /// The longest notice that is looked for.
    private static let farthestEnd = 800

    init(asOf: Date, in db: isolated Connection) throws {
        let today = TimeZone.gmt.date(of: asOf)
        let standard = try ConfigurationStore.current(in: db)?.company.renewals.defaultNotice ?? .days(0)
        self.asOf = asOf
        leads = try db.run(StatusSQL.Leads()).map { Count(team: $0.team, state: $0.state, count: $0.leads) }
        followUps = try db.run(StatusSQL.Reminders()).map { Count(team: $0.team, kind: $0.kind, count: $0.reminders) }
        contracts = try db.run(
            StatusSQL.EndingContracts(day: today, until: today.adding(days: Self.farthestEnd))
        ).map { row in
            let notice = row.noticePeriod.flatMap(NoticePeriod.init(_:)) ?? standard
            return Contract(
                number: row.number, customer: row.customer, team: row.team, endsOn: row.endsOn,
                noticeDeadline: notice.deadline(endOfTerm: row.endsOn))
        }.filter { (0...Self.horizon).contains($0.noticeDeadline.days(since: today)) }
            .sorted { ($0.noticeDeadline, $0.number) < ($1.noticeDeadline, $1.number) }
        debts = try AgeingStore.ageing(team: nil, on: today, in: db).map { ageing in
            Debt(
                open: Money(minor: ageing.owedMinor, currency: ageing.currency),
                overdue: Money(minor: ageing.overdueMinor, currency: ageing.currency), items: ageing.items)
        }
        messages = try db.run(StatusSQL.Messages()).map { Count(state: $0.state, count: $0.messages) }
        jobs = try JobStore.counts(in: db).map { Count(kind: $0.kind, state: $0.state, count: $0.jobs) }
        runs = try db.run(StatusSQL.LastRuns()).map {
            Run(automation: $0.automation, team: $0.team, asOf: $0.asOf, state: $0.state, reason: $0.reason)
        }
    }
}
