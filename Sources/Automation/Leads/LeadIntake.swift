package import Domain
import Jobs
package import Postgres
import Store

/// How one lead comes in, by the same rules as a file of them.
package enum LeadIntake {
    /// Stores the lead, what it is recognised by, and the fact that it arrived; the leads are then assigned by a job.
    ///
    /// - Parameter reason: of the event: `added_by_hand`, `form`…
    /// - Returns: the lead's id.
    /// - Throws: `Problem` when the address is none or a live lead has it; `DatabaseError`.
    package static func add(
        _ lead: NewLead, source: String = "ltc", reason: String, in db: isolated Connection
    ) throws -> Int {
        let emailKey: String?
        do {
            emailKey = try lead.emailKey()
        } catch {
            throw Problem(.refused, error.reason.rawValue, error.text, place: error.column)
        }
        if let emailKey, let other = try db.first(ImportLeadsSQL.LeadWithEmail(emailKey: emailKey)) {
            throw Problem(
                .refused, Reject.Reason.duplicateIdentity.rawValue,
                "lead \(other.id) of \(other.company) has this e-mail address",
                place: "email", advice: "ltc lead show \(other.id)")
        }
        let id = try db.one(
            ImportLeadsSQL.AddLead(
                source: source, externalId: lead.externalID, company: lead.company, contact: lead.contact,
                email: lead.email, phone: lead.phone, channel: lead.channel, region: lead.region, segment: lead.segment,
                product: lead.product, budgetMinor: lead.budget?.minor, currency: lead.budget?.currency.code,
                notes: lead.notes, doNotContact: lead.doNotContact, createdAt: lead.createdAt, emailKey: emailKey,
                phoneKey: lead.phoneKey, reason: reason)
        ).id
        try announce(in: db)
        return id
    }

    /// Has the leads assigned as soon as the transaction commits.
    static func announce(in db: isolated Connection) throws {
        // Never under a unique key: a job that runs just now may have looked before this lead was committed, and would
        // keep the key. A job that finds nothing left to do costs next to nothing.
        try JobQueue.enqueue([NewJob(kind: AutomationName.assignLeads.rawValue)], in: db)
    }
}
