import Delivery
import Domain
import Testing

@Suite struct DunningLetterTests {
    private func letter(_ language: String, level: Int = 3, credit: Int = 0, number: String? = "DN-2026-000007") throws
        -> DunningLetter
    {
        var levels = [5, 20, 40].map(DunningLevel.init(afterDays:))
        levels[2].chargesInterest = true
        var procedure = DunningProcedure(name: "standard", levels: levels)
        procedure.interest = InterestTerms(.agreed(try #require(Percent("11.5"))), source: "§ 288 BGB")
        let due = try #require(CalendarDate("2026-01-20"))
        let account = DebtorAccount(
            creditor: 1, customer: 1, currency: try #require(Currency("EUR")),
            items: [
                OpenItem(
                    id: 1, number: "R-1", issuedOn: due.adding(days: -30), dueOn: due, openMinor: 123_456_789,
                    level: level - 1)
            ], creditMinor: credit)
        let day = try #require(CalendarDate("2026-03-31"))
        let verdict = try DunningRules(DunningPolicy(procedures: [procedure], standard: "standard")).decide(
            account, on: day)
        return DunningLetter(
            number: number, runDate: day, notice: try #require(verdict.notice),
            creditor: .init(name: "Acme GmbH", iban: "DE89370400440532013000"),
            debtor: .init(number: "C-1", name: "上海精密仪器", language: language))
    }

    @Test(arguments: [
        ("en", "1,234,567.89", "Please pay by: 2026-04-07"),
        ("de", "1.234.567,89", "Bitte zahlen Sie bis zum: 2026-04-07"),
        ("zh-Hans", "1,234,567.89", "请于此日前付款: 2026-04-07"), ("fr", "1,234,567.89", "Please pay by: 2026-04-07"),
    ])
    func `a letter speaks its customer's language and shows its computation`(
        language: String, open: String, pay: String
    )
        throws
    {
        let text = try letter(language).text
        #expect(text.contains(open) && text.contains(pay))
        #expect(text.contains("§ 288 BGB") && text.contains("DE89370400440532013000"))
        #expect(text.contains("/ 365 = "))
    }

    @Test func `credit is deducted line by line, so that the sums can be checked`() throws {
        let letter = try letter("en", level: 2, credit: 34_567_890)
        let sums = letter.text.split(separator: "\n").filter {
            $0.hasPrefix("Open inv") || $0.hasPrefix("Your") || $0.hasPrefix("Total")
        }
        .map { $0.split(separator: " ").last.map(String.init) ?? "" }
        #expect(sums == ["1,234,567.89", "-345,678.90", "888,888.99"])
    }

    @Test func `what is not approved says that it is a draft`() throws {
        #expect(try letter("en", number: nil).text.contains("Notice: draft, not approved"))
        #expect(try letter("en").text.contains("Notice: DN-2026-000007"))
    }

    @Test func `columns stand under each other also in Chinese`() throws {
        let lines = try letter("zh").text.split(separator: "\n")
        let heading = try #require(lines.first { $0.hasPrefix("发票") })
        let row = try #require(lines.first { $0.hasPrefix("R-1 ") })
        #expect(heading.columns == row.columns)
    }
}
