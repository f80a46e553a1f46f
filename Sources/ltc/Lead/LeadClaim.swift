import ArgumentParser
import Automation
import Foundation
import Postgres

struct LeadClaim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim", abstract: "Take a lead from the pool of a team, for a member of it.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The lead's id.")
    var lead: Int

    @Option(help: "Who takes it (the code).")
    var member: String

    private struct Body: Encodable {
        let lead: Int
        let owner: String
    }

    func run() async throws {
        try await database.withPool { [lead, member] pool in
            try await pool.transaction { db in
                try ClaimLead.claim(lead, by: member, actor: actor(), at: Date(), in: db)
            }
        }
        try Answer("lead.claim", Body(lead: lead, owner: member)) { "lead \(lead) is \(member)'s" }.print(as: format)
    }
}
