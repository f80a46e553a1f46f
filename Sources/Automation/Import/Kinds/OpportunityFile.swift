import Domain
import Foundation
import Postgres
import Store

/// A file of opportunities.
struct OpportunityFile: FileKind {
    private enum Stage: String, CaseIterable { case needs, solution, proposal, negotiation, won, lost, suspended }

    private let externalID, title, company, owner, team, product, stage, openedOn, closedOn: Field
    private let amount, currency, lostReason: Field

    init(_ header: inout Header) {
        externalID = header.field("external_id", isRequired: true)
        title = header.field("title")
        company = header.field("company")
        owner = header.field("owner")
        team = header.field("team")
        product = header.field("product")
        stage = header.field("stage")
        openedOn = header.field("opened_on")
        closedOn = header.field("closed_on")
        amount = header.field("amount")
        currency = header.field("currency")
        lostReason = header.field("lost_reason")
    }

    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> ImportOpportunitiesSQL.CopyStaged {
        let stage = try stage.choice(row, of: Stage.self) ?? .needs
        let company = try company.text(row)
        let product = try product.text(row)
        let openedOn = try openedOn.date(row)
        let closedOn = try closedOn.date(row)
        if let closedOn, stage != .won, stage != .lost {
            throw self.closedOn.reject(.contradiction, closedOn.description, "closed, but neither won nor lost")
        }
        if let openedOn, let closedOn, closedOn < openedOn {
            throw self.closedOn.reject(
                .contradiction, closedOn.description, "closed before it was opened on \(openedOn)")
        }
        let currency = try currency.currency(row)
        let amount = try amount.minorUnits(row, currency, self.currency)
        return ImportOpportunitiesSQL.CopyStaged(
            line: row.line, externalId: try externalID.need(try externalID.text(row)),
            title: try title.text(row) ?? [company, product].compactMap { $0 }.joined(separator: ", "),
            company: company,
            foldedCompany: company.map(Folding.name), owner: try owner.text(row), team: try team.text(row),
            product: product,
            stage: stage.rawValue, openedOn: openedOn, closedOn: closedOn, amountMinor: amount,
            currency: amount == nil ? nil : currency?.code, lostReason: stage == .lost ? try lostReason.text(row) : nil)
    }

    static func makeStaging(in db: isolated Connection) throws {
        try db.execute(ImportOpportunitiesSQL.CreateStaging())
    }

    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied {
        try StagedOpportunities.apply(
            source: context.source, file: context.file, asOf: context.asOf, in: db)
    }
}
