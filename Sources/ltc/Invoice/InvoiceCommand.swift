import ArgumentParser

struct InvoiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoice", abstract: "Invoices and credit notes, and why they stand where they stand.",
        subcommands: [
            InvoiceList.self, InvoiceShow.self, InvoiceExplain.self, InvoiceWriteOff.self, InvoiceWriteOffs.self,
            InvoiceSetOff.self,
        ])
}
