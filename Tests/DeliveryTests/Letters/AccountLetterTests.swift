import Domain
import Foundation
import Testing

@testable import Delivery

@Suite struct AccountLetterTests {
    private let day = CalendarDate("2026-10-31")!
    private let creditor = DunningLetter.Creditor(
        name: "Acme Instruments GmbH", address: "Leopoldstraße 12, 80802 München", email: "finance@acme.example")

    private func debtor(_ language: String) -> DunningLetter.Debtor {
        .init(
            number: "C-1001", name: language == "zh" ? "上海精密仪器有限公司" : "Müller GmbH",
            address: "Industriestraße 7, 70565 Stuttgart", language: language)
    }

    private func letter(_ language: String, items: Int, minor: Int = 100_000) throws -> ReconciliationLetter {
        ReconciliationLetter(
            number: "RC-2026-000007", creditor: creditor, debtor: debtor(language),
            balance: Money(minor: items * minor, currency: try #require(Currency("EUR"))), balanceOn: day,
            items: (0..<items).map {
                .init(kind: "invoice", number: "R-\($0 + 1)", day: day.adding(days: -$0), dueOn: day, minor: minor)
            })
    }

    @Test(arguments: [
        ("zh", ["对账函 / Request to confirm a balance", "未结项目", "核对不符", "We do not agree", "3,000.00 EUR", "第 1 页"]),
        (
            "de",
            ["Saldenbestätigung / Request", "Wir stimmen nicht zu", "We do not agree", "3.000,00 EUR", "Seite 1 von 1"]
        ),
        (
            "en",
            ["Request to confirm a balance", "We do not agree", "Balance in our favour", "3,000.00 EUR", "Page 1 of 1"]
        ),
        ("fr", ["Request to confirm a balance", "We do not agree", "Page 1 of 1"]),
    ])
    func `a letter of reconciliation asks in its customer's language, English beside it`(
        language: String, parts: [String]
    ) async throws {
        let pages = try await ReadPDF(LetterPrinter().print(letter(language, items: 3))).pages()
        #expect(pages.count == 1)
        for part in parts + ["RC-2026-000007", "C-1001", "R-3", "2026-10-31", "Leopoldstraße 12"] {
            #expect(pages[0].contains(part), "\(part)")
        }
    }

    @Test func `a balance in the customer's favour says so, and has no sign`() async throws {
        let pages = try await ReadPDF(LetterPrinter().print(letter("en", items: 2, minor: -500))).pages()
        #expect(
            pages[0].contains("Balance in your favour") && pages[0].contains("10.00 EUR") && pages[0].contains("-5.00"))
        let none = try await ReadPDF(LetterPrinter().print(letter("en", items: 0))).pages()
        #expect(none[0].contains("No item was open.") && none[0].contains("0.00 EUR"))
    }

    @Test func `the part that comes back is on one page, however many items there are`() async throws {
        for items in [14, 20, 26, 30, 34, 38, 120] {
            let pages = try await ReadPDF(LetterPrinter().print(letter("zh", items: items))).pages()
            let last = try #require(pages.last)
            for part in ["请沿线剪下并寄回", "核对不符", "日期、盖章、签字"] { #expect(last.contains(part), "\(items): \(part)") }
            #expect(pages.map { $0.matches(of: /R-\d+\s/).count }.reduce(0, +) == items)
        }
    }

    private func statement(_ language: String, movements: Int, _ currency: String = "EUR") throws -> StatementLetter {
        var statement = AccountStatement(
            currency: try #require(Currency(currency)), from: day.adding(days: -30), until: day, openingMinor: 10_000)
        for place in 0..<movements {
            let kind = place % 2 == 0 ? "invoice" : "receipt"
            statement.add(
                .init(day: day, kind: kind, reference: "N-\(place)", dueOn: nil, minor: place % 2 == 0 ? 200 : -100))
        }
        return StatementLetter(creditor: creditor, debtor: debtor(language), statement: statement)
    }

    @Test(arguments: [
        ("zh", "客户对账单", "期末余额", "收款"), ("de", "Kontoauszug", "Endsaldo", "Zahlung"),
        ("en", "Statement", "Closing", "Payment"),
    ])
    func `a statement goes from its opening to its closing balance`(
        language: String, title: String, closing: String, payment: String
    ) async throws {
        let pages = try await ReadPDF(LetterPrinter().print([statement(language, movements: 3)])).pages()
        #expect(pages.count == 1)
        for part in [title, closing, payment, "N-2"] { #expect(pages[0].contains(part), "\(part)") }
        #expect(pages[0].contains(language == "de" ? "103,00" : "103.00"))
    }

    @Test func `the balance is carried from page to page, and each account begins on a page of its own`() async throws {
        let letters = try [statement("en", movements: 101), statement("en", movements: 1, "USD")]
        let pages = try await ReadPDF(LetterPrinter().print(letters)).pages()
        #expect(pages.count >= 4 && pages.last?.contains("Statement of account · USD") == true)
        for page in pages.dropFirst().dropLast() where page.contains("Brought forward") {
            // The balance after the movement before the page's first one.
            let first = try #require(page.firstMatch(of: /N-(\d+)\s/).flatMap { Int($0.1) })
            let balance = 10_000 + (first + 1) / 2 * 200 - first / 2 * 100
            #expect(
                page.contains("Brought forward")
                    && page.contains("\(balance / 100).\(balance % 100 == 0 ? "00" : "\(balance % 100)")"))
        }
        #expect(
            pages.filter { $0.contains("Carried over") }.count == pages.filter { $0.contains("Brought forward") }.count)
    }

    @Test func `the same letter is the same bytes`() throws {
        let printer = LetterPrinter()
        let first = try printer.print(letter("zh", items: 30))
        _ = try printer.print([statement("de", movements: 5)])
        #expect(try printer.print(letter("zh", items: 30)) == first)
    }
}
