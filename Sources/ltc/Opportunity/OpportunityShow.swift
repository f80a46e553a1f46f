import ArgumentParser
import Domain
import Foundation
import Postgres
import Store

struct OpportunityShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One opportunity, what was done about it and what its owner was told.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The opportunity's id.")
    var opportunity: Int

    private struct Body: Encodable {
        struct Activity: Encodable {
            let kind: String
            let member: String?
            let happenedAt: Date
        }

        struct Reminder: Encodable {
            let kind: String
            let rule: String
            let member: String
            let dueAt: Date
            let state: String
        }

        let opportunity: Int
        let externalId: String?
        let title: String
        let customer: String?
        let lead: Int?
        let product: String?
        let stage: String
        let team: String
        let owner: String?
        let openedOn: CalendarDate?
        let closedOn: CalendarDate?
        let amount: Money?
        let lostReason: String?
        let activities: [Activity]
        let reminders: [Reminder]
    }

    func run() async throws {
        let id = opportunity
        let body = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { db in try Self.body(id, in: db) }
        }
        guard let body else {
            throw Problem(
                .refused, "no_such_opportunity", "there is no opportunity \(id)", advice: "ltc opportunity list")
        }
        try Answer("opportunity.show", body) { Self.text(body) }.print(as: format)
    }

    private static func body(_ id: Int, in db: isolated Connection) throws -> Body? {
        guard let row = try db.first(OpportunitiesSQL.Show(id: id)) else { return nil }
        let activities = try db.run(LeadsSQL.Activities(subjectKind: "opportunity", subjectId: id))
        let reminders = try db.run(LeadsSQL.Reminders(subjectKind: "opportunity", subjectId: id))
        return Body(
            opportunity: row.id, externalId: row.externalId, title: row.title, customer: row.customer, lead: row.leadId,
            product: row.product, stage: row.stage, team: row.team, owner: row.owner, openedOn: row.openedOn,
            closedOn: row.closedOn, amount: money(row.amountMinor, row.currency), lostReason: row.lostReason,
            activities: activities.map { .init(kind: $0.kind, member: $0.member, happenedAt: $0.happenedAt) },
            reminders: reminders.map {
                .init(kind: $0.kind, rule: $0.rule, member: $0.member, dueAt: $0.dueAt, state: $0.state)
            })
    }

    private static func text(_ body: Body) -> String {
        var lines = facts([
            ("opportunity", "\(body.opportunity)"), ("known as", body.externalId), ("title", body.title),
            ("customer", body.customer), ("lead", body.lead.map(String.init)), ("product", body.product),
            ("stage", body.stage + (body.lostReason.map { " (\($0))" } ?? "")), ("team", body.team),
            ("owner", body.owner), ("opened", body.openedOn?.description), ("closed", body.closedOn?.description),
            ("amount", body.amount?.description),
        ])
        lines += body.activities.map { "\($0.happenedAt.ISO8601Format())  \($0.kind) by \($0.member ?? "somebody")\n" }
            .joined()
        lines += body.reminders.map {
            "\($0.dueAt.ISO8601Format())  \($0.kind) to \($0.member) by “\($0.rule)”: \($0.state)\n"
        }.joined()
        return lines
    }
}
