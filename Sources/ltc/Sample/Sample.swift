import ArgumentParser
import Automation
import Domain
import Foundation

/// Makes up a company to try things on.
struct Sample: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the files of a made-up company, for trying and measuring.", shouldDisplay: false)

    @Option(help: "The company's description, whose teams and members the files name.")
    var config: String

    @Option(help: "The directory to write to.", completion: .directory)
    var out: String

    @Option(help: "The same seed gives the same files.")
    var seed: UInt64 = 7

    @Option(
        help: "The day around which the dates lie.",
        transform: { text in
            guard let day = CalendarDate(text) else {
                throw ValidationError("'\(text)' is not a date such as 2026-03-02")
            }
            return day
        })
    var on: CalendarDate

    @Option(help: "How many leads.")
    var leads = SampleCompany.Sizes().leads

    @Option(help: "How many invoices.")
    var invoices = SampleCompany.Sizes().invoices

    func validate() throws {
        if leads < 1 || invoices < 1 { throw ValidationError("--leads and --invoices are at least 1") }
    }

    func run() async throws {
        let company = try CompanyFile.read([(path: config, text: try InputFile.text(config))])
        guard company.teams.contains(where: { $0.kind == .sales && !$0.seats.isEmpty }), !company.creditors.isEmpty
        else {
            throw Problem(
                .inputRefused, "no_sales_team", "needs a sales team with members, and a creditor", place: config,
                advice: "config/company.yaml has them")
        }
        var sizes = SampleCompany.Sizes()
        (sizes.leads, sizes.invoices) = (leads, invoices)
        let sample = SampleCompany(company, on: on, seed: seed, sizes: sizes)
        let directory = URL(filePath: out, directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            for file in sample.files {
                try Data(file.csv.bytes).write(to: directory.appending(path: file.name), options: .atomic)
            }
        } catch {
            throw Problem(
                .usage, "unwritable", "cannot be written: \(error.localizedDescription)", place: out,
                advice: "name a directory that you may write to")
        }
        print(sample.files.map { directory.appending(path: $0.name).path }.joined(separator: "\n"))
    }
}
