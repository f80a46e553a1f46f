import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres

struct LeadAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Bring in one lead; a running ltcd gives it an owner at once.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Option(help: "Who asks: the company's name.") var company: String
    @Option(help: "The person there.") var contact: String?
    @Option(help: "Their e-mail address; one live lead has it.") var email: String?
    @Option(help: "Their telephone number.") var phone: String?
    @Option(help: "Where it came from: web, fair, referral.") var channel: String?
    @Option(help: "As the assignment rules name it.") var region: String?
    @Option(help: "As the assignment rules name it.") var segment: String?
    @Option(help: "What they want.") var product: String?
    @Option(help: "A decimal with a point; needs --currency.") var budget: String?
    @Option(help: "ISO 4217: EUR, CNY.") var currency: String?
    @Option(help: "Anything else.") var notes: String?
    @Option(help: "The id by which another program knows it.") var externalID: String?
    @Flag(help: "They asked not to be contacted: nobody is given the lead.") var doNotContact = false
    @Flag(help: "Do it, show it, and roll it back.") var dryRun = false

    private struct Body: Encodable {
        let lead: Int
        let company: String
        let dryRun: Bool
    }

    func run() async throws {
        let lead = try lead()
        let id = try await database.withPool { [dryRun] pool in
            try await pool.transaction(.init(rollsBack: dryRun)) { db in
                try LeadIntake.add(lead, reason: "added_by_hand", in: db)
            }
        }
        try Answer("lead.add", Body(lead: id, company: lead.company, dryRun: dryRun)) {
            "lead \(id), \(lead.company)\n"
        }.print(as: format)
        if dryRun { say("a preview: it was rolled back") }
    }

    private func lead() throws -> NewLead {
        var lead = NewLead(company: company, createdAt: Date())
        (lead.contact, lead.email, lead.phone, lead.channel) = (contact, email, phone, channel)
        (lead.region, lead.segment, lead.product, lead.notes) = (region, segment, product, notes)
        (lead.externalID, lead.doNotContact) = (externalID, doNotContact)
        guard !company.folded.isEmpty else { throw ValidationError("--company is empty") }
        guard budget != nil || currency != nil else { return lead }
        guard let budget, let currency else { throw ValidationError("--budget and --currency go together") }
        guard let unit = Currency(currency) else { throw ValidationError("'\(currency)' is no ISO 4217 currency") }
        do {
            lead.budget = try Money(budget, currency: unit)
        } catch {
            throw ValidationError("'\(budget)' is not an amount of \(unit): \(error)")
        }
        return lead
    }
}
