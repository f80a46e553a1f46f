import ArgumentParser

struct LeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lead", abstract: "Leads: who asked, who takes care of them, and why.",
        subcommands: [LeadAdd.self, LeadList.self, LeadShow.self, LeadExplain.self, LeadClaim.self])
}
