import Domain
import Foundation
import Postgres
import Store

/// A file of leads.
struct LeadFile: FileKind {
    private let externalID, company, contact, email, phone, channel, region, segment, product: Field
    private let budget, currency, notes, doNotContact, createdAt: Field

    init(_ header: inout Header) {
        externalID = header.field("external_id")
        company = header.field("company", isRequired: true)
        contact = header.field("contact")
        email = header.field("email")
        phone = header.field("phone")
        channel = header.field("source")
        region = header.field("region")
        segment = header.field("segment")
        product = header.field("product")
        budget = header.field("budget")
        currency = header.field("currency")
        createdAt = header.field("created_at")
        notes = header.field("notes")
        doNotContact = header.field("do_not_contact")
    }

    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> ImportLeadsSQL.CopyStaged {
        var lead = NewLead(company: try company.need(try company.text(row)), createdAt: context.asOf)
        lead.externalID = try externalID.text(row)
        lead.contact = try contact.text(row)
        lead.email = try email.text(row)
        lead.phone = try phone.text(row)
        lead.channel = try channel.text(row)
        lead.region = try region.text(row)
        lead.segment = try segment.text(row)
        lead.product = try product.text(row)
        lead.notes = try notes.text(row)
        let currency = try currency.currency(row)
        if let minor = try budget.minorUnits(row, currency, self.currency), let currency {
            lead.budget = Money(minor: minor, currency: currency)
        }
        lead.doNotContact = try doNotContact.flag(row) ?? false
        let createdAt = try createdAt.instant(row)
        // What the file says makes the key; the time of the import does not.
        let key = lead.externalID ?? lead.contentKey(createdAt: createdAt)
        lead.createdAt = createdAt ?? context.asOf
        let emailKey = try lead.emailKey()
        return ImportLeadsSQL.CopyStaged(
            line: row.line, externalId: key, company: lead.company, contact: lead.contact, email: lead.email,
            phone: lead.phone, channel: lead.channel, region: lead.region, segment: lead.segment, product: lead.product,
            budgetMinor: lead.budget?.minor, currency: lead.budget?.currency.code, notes: lead.notes,
            doNotContact: lead.doNotContact, createdAt: lead.createdAt, emailKey: emailKey, phoneKey: lead.phoneKey)
    }

    static func makeStaging(in db: isolated Connection) throws {
        try db.execute(ImportLeadsSQL.CreateStaging())
    }

    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied {
        let applied = try StagedLeads.apply(source: context.source, file: context.file, in: db)
        if applied.taken > 0 { try LeadIntake.announce(in: db) }
        return applied
    }
}
