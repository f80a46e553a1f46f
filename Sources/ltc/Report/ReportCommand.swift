import ArgumentParser

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Figures that add up.",
        subcommands: [
            ReportAgeing.self, ReportDSO.self, ReportCEI.self, ReportCash.self, ReportStatement.self,
        ])
}
