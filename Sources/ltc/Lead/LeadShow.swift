import ArgumentParser
import Domain
import Foundation
import Postgres
import Store

struct LeadShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "All that is known of one lead.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The lead's id, or its external id.")
    var lead: String

    private struct Body: Encodable {
        let lead: Int
        let source: String
        let externalId: String?
        let company: String
        let contact: String?
        let email: String?
        let phone: String?
        let channel: String?
        let region: String?
        let segment: String?
        let product: String?
        let budget: Money?
        let notes: String?
        let doNotContact: Bool
        let createdAt: Date
        let state: String
        let team: String?
        let owner: String?
    }

    func run() async throws {
        let reference = lead
        let body = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { db in try Self.body(reference, in: db) }
        }
        try Answer("lead.show", body) { Self.text(body) }.print(as: format)
    }

    private static func body(_ reference: String, in db: isolated Connection) throws -> Body {
        let row = try db.one(LeadsSQL.Show(id: try leadID(reference, in: db)))
        let directory = try DirectoryStore.load(asOf: Date(), in: db)
        var budget: Money?
        if let minor = row.budgetMinor, let currency = row.currency.flatMap({ Currency($0) }) {
            budget = Money(minor: minor, currency: currency)
        }
        return Body(
            lead: row.id, source: row.source, externalId: row.externalId, company: row.company, contact: row.contact,
            email: row.email, phone: row.phone, channel: row.channel, region: row.region, segment: row.segment,
            product: row.product, budget: budget, notes: row.notes, doNotContact: row.doNotContact,
            createdAt: row.createdAt, state: row.state, team: row.teamId.flatMap { directory.team(id: $0)?.code },
            owner: row.ownerId.flatMap { directory.member(id: $0)?.code })
    }

    private static func text(_ body: Body) -> String {
        facts([
            ("lead", "\(body.lead)"), ("known as", body.externalId.map { "\($0) in \(body.source)" }),
            ("state", body.state), ("team", body.team), ("owner", body.owner), ("company", body.company),
            ("contact", body.contact), ("e-mail", body.email), ("phone", body.phone), ("channel", body.channel),
            ("region", body.region), ("segment", body.segment), ("product", body.product),
            ("budget", body.budget?.description), ("arrived", body.createdAt.ISO8601Format()),
            ("contact", body.doNotContact ? "not wanted" : nil), ("notes", body.notes),
        ])
    }
}
