import ArgumentParser

struct OpportunityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opportunity", abstract: "Opportunities: deals on their way from needs to won or lost.",
        subcommands: [OpportunityList.self, OpportunityShow.self])
}
