import ArgumentParser

struct ReceiptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt", abstract: "Money that came in.",
        subcommands: [
            ReceiptImport.self, ReceiptList.self, ReceiptShow.self, ReceiptAllocate.self, ReceiptAssign.self,
            ReceiptRelease.self, ReceiptReverse.self, ReceiptDismiss.self, ReceiptMature.self, ReceiptCash.self,
        ])
}
