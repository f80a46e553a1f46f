import ArgumentParser

struct ContractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract", abstract: "Contracts, their terms and the alerts about them.",
        subcommands: [ContractList.self, ContractShow.self])
}
