import Delivery
import Domain
import Foundation

extension Measurement {
    /// Letters of five invoices with interest and a payment code, as PDF in memory.
    static let letters = Measurement(name: "letters", what: "how fast dunning letters are printed") {
        var figures: [Figure] = []
        for (language, customer) in [("en", "Miller Instruments Ltd"), ("zh", "上海精密仪器有限公司")] {
            let letter = try sample(language, customer)
            let process = RunningProcess(pid: getpid())
            // Fonts are opened once a process.
            _ = try LetterPrinter().print(letter)

            let before = try process.processorTime()
            let one = try await printed(500, of: letter, by: 1)
            let each = (try process.processorTime() - before).milliseconds / 500
            let cores = ProcessInfo.processInfo.activeProcessorCount
            let all = try await printed(1_000, of: letter, by: cores)
            let seconds = 10_000 / all.perSecond
            figures += [
                Figure(
                    label: "\(language), one core", value: "\(one.perSecond.rounded(0)) letters/s",
                    reference: "\(each.rounded(2)) ms of processor and \(one.bytes / 1_024) KiB a letter"),
                Figure(
                    label: "\(language), 10,000 on \(cores) cores", value: "\(seconds.rounded(1)) s",
                    reference: "\(all.perSecond.rounded(0)) letters/s", goal: .atMost(60, "s", seconds)),
            ]
        }
        return figures
    }

    private static func printed(
        _ count: Int, of letter: DunningLetter, by workers: Int
    ) async throws -> (perSecond: Double, bytes: Int) {
        let clock = ContinuousClock()
        let start = clock.now
        let bytes = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    let printer = LetterPrinter()
                    var bytes = 0
                    for place in 0..<count / workers {
                        var letter = letter
                        letter.number = "DN-2026-\(100_000 + place)"
                        bytes += try printer.print(letter).count
                    }
                    return bytes
                }
            }
            return try await group.reduce(0, +)
        }
        return (Double(count) * 1_000 / (clock.now - start).milliseconds, bytes / count)
    }

    private static func sample(_ language: String, _ customer: String) throws -> DunningLetter {
        let day = CalendarDate(daysSince1970: 20_000)
        var levels = [5, 20, 40].map(DunningLevel.init(afterDays:))
        levels[1].chargesInterest = true
        var procedure = DunningProcedure(name: "standard", levels: levels)
        procedure.interest = InterestTerms(.agreed(Percent("11.5") ?? .zero), source: "§ 288 Abs. 2 BGB")
        let items = (1...5).map { place in
            let due = day.adding(days: -20 - place)
            return OpenItem(
                id: place, number: "R-2026-\(place)", issuedOn: due.adding(days: -30), dueOn: due,
                openMinor: 123_456 * place, level: 1)
        }
        guard let euro = Currency("EUR"),
            let notice = try DunningRules(DunningPolicy(procedures: [procedure], standard: "standard")).decide(
                DebtorAccount(creditor: 1, customer: 1, currency: euro, items: items, creditMinor: 0), on: day
            ).notice
        else { preconditionFailure("the sample is due") }
        return DunningLetter(
            number: "DN-2026-000001", runDate: day, notice: notice,
            creditor: .init(
                name: "Acme GmbH", address: "Leopoldstraße 12, 80802 München", taxID: "DE123456789",
                email: "finance@acme.example", iban: "DE89370400440532013000", bic: "COBADEFFXXX", bank: "Commerzbank"),
            debtor: .init(number: "C-1", name: customer, address: "Hauptstraße 1, 70565 Stuttgart", language: language))
    }
}
