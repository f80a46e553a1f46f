import ArgumentParser

struct DunningCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dunning", abstract: "Dunning notices: what was sent, and what waits for a person.",
        subcommands: [
            DunningList.self, DunningShow.self, DunningApprove.self, DunningReject.self, DunningDecide.self,
            DunningConfirm.self,
            DunningReverse.self, DunningHold.self,
            DunningRelease.self, DunningDispute.self, DunningPromise.self, InvoiceExplain.self, DunningRuns.self,
            DunningPackage.self,
        ])
}
