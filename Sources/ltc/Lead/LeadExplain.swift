import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres
import Store

struct LeadExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Why a lead is where it is: why her, why not him, and what is due.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The lead's id, or its external id.")
    var lead: String

    func run() async throws {
        let reference = lead
        let story = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { db in
                try LeadStory.load(try leadID(reference, in: db), in: db)
            }
        }
        guard let story else { throw noSuchLead(reference) }
        try Answer("lead.explain", story) { LeadStoryText(story).text }.print(as: format)
    }
}

/// The id that a person means: an id of ours, or another program's.
///
/// - Throws: `Problem` when neither is known.
func leadID(_ reference: String, in db: isolated Connection) throws -> Int {
    if let id = Int(reference), try db.first(LeadsSQL.Show(id: id)) != nil { return id }
    guard let found = try db.first(LeadsSQL.FindExternal(externalId: reference)) else { throw noSuchLead(reference) }
    return found.id
}

func noSuchLead(_ reference: String) -> Problem {
    Problem(.refused, "no_such_lead", "there is no lead '\(reference)'", advice: "ltc lead list")
}
