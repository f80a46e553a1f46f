import Domain
import Foundation
import Testing

@testable import Delivery

struct PrintedLetterTests {
    @Test(arguments: [
        ("en", "1,000.01", "Please pay by", "Page 1 of 1"),
        ("de", "1.000,01", "Bitte zahlen Sie bis zum", "Seite 1 von 1"),
        ("zh", "1,000.01", "请于此日前付款", "第 1 页，共 1 页"),
    ])
    func `a letter says in its customer's language who asks for what, why, and how to pay`(
        language: String, open: String, payBy: String, page: String
    ) async throws {
        let letter = try sampleLetter(language)
        let pdf = try ReadPDF(LetterPrinter().print(letter))
        let pages = try await pdf.pages()
        #expect(pages.count == 1)
        for part in [
            "Acme Instruments GmbH", "Industriestraße 7", "70565 Stuttgart", "DN-2026-000007", letter.title, open,
            payBy,
            "2026-04-07", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX", letter.paymentReference, "§ 288 Abs. 2 BGB",
            page,
        ] { #expect(pages[0].contains(part), "\(part)") }
        #expect(try await pdf.facts().contains("Title:           \(letter.subject)"))
        // Cairo leaves glyphs out when it copies CFF outlines (CID Type 0C); those that it draws itself are whole.
        let fonts = try await pdf.fonts()
        #expect(!fonts.contains { $0.contains("CID Type 0C") && !$0.contains("CairoFont") })
        #expect(!fonts.isEmpty && fonts.allSatisfy { $0.contains(/\ yes +yes +(yes|no)/) }, "\(fonts)")
    }

    @Test func `the same letter is the same bytes, whichever printer prints it, and after whatever`() throws {
        let printer = LetterPrinter()
        let letters = try [sampleLetter("en"), sampleLetter("zh", customer: "上海精密仪器有限公司"), sampleLetter("de")]
        let first = try letters.map(printer.print)
        #expect(try letters.reversed().map(printer.print) == first.reversed())
        #expect(try letters.map { try LetterPrinter().print($0) } == first)
        #expect(String(decoding: first[0], as: UTF8.self).contains("/CreationDate (20260331000000Z"))
    }

    @Test func `five hundred invoices go from page to page with their heading and the sums so far`() async throws {
        let letter = try sampleLetter("en", invoices: 500, open: { _ in 100 }, interest: 1)
        let pdf = try ReadPDF(LetterPrinter().print(letter))
        let pages = try await pdf.pages()
        let tables = pages.filter { $0.contains("Invoice") && $0.contains("Days") }
        #expect(tables.count > 5)
        var sum = 0
        for (place, page) in tables.enumerated() {
            let rows = page.matches(of: /R-2026-\d+ +\d{4}-\d\d-\d\d/).count
            if place > 0 { #expect(page.contains(try Regex("Brought forward +\(sum).00 +\(Money.cents(sum))"))) }
            sum += rows
            if place < tables.count - 1 {
                #expect(page.contains(try Regex("Carried over +\(sum).00 +\(Money.cents(sum))")))
            }
        }
        #expect(sum == 500)
        let last = pages.count
        for (place, page) in pages.enumerated() { #expect(page.contains("Page \(place + 1) of \(last)")) }
        for invoice in 1...500 { #expect(pages.contains { $0.contains("R-2026-\(invoice): 1.00 ×") }) }
    }

    @Test func `amounts of fifteen digits stand under each other and leave room for the number`() async throws {
        let letter = try sampleLetter(
            "en", invoices: 2, open: { $0 == 1 ? 999_999_999_999_999 : 5 }, interest: 100_000_000_000_000)
        let page = try #require(try await ReadPDF(LetterPrinter().print(letter)).pages().first)
        let rows = page.split(separator: "\n").filter { $0.contains("R-2026-") && !$0.contains("×") }
        #expect(rows.count == 2 && rows[0].hasSuffix("1,000,000,000,000.00"))
        #expect(rows[0].contains("9,999,999,999,999.99") && rows[0].count == rows[1].count)
    }

    @Test func `a banking app reads the transfer from the code`() async throws {
        let letter = try sampleLetter("de")
        let code = try await ReadPDF(LetterPrinter().print(letter)).code()
        let reference = try #require(CreditorReference(number: "DN-2026-000007"))
        #expect(
            code.split(separator: "\n", omittingEmptySubsequences: false).prefix(10) == [
                "BCD", "002", "1", "SCT", "COBADEFFXXX", "Acme Instruments GmbH", "DE89370400440532013000",
                "EUR3077.08",
                "", Substring(reference.text),
            ])
    }

    @Test func `a transfer code needs euros, an account and an approved notice`() throws {
        #expect(try sampleLetter("en").creditTransferCode != nil)
        #expect(try sampleLetter("en", currency: "USD").creditTransferCode == nil)
        #expect(try sampleLetter("en", number: nil).creditTransferCode == nil)
        #expect(try sampleLetter("en", iban: nil).creditTransferCode == nil)
        let (euro, reference) = (try #require(Currency("EUR")), try #require(CreditorReference(number: "1")))
        for (iban, bic, isAllowed) in [
            ("FR1420041010050500013M02606", nil, true), ("GB29NWBK60161331926819", nil, false),
            ("GB29NWBK60161331926819", "NWBKGB2L", true), ("TR330006100519786457841326", "TCZBTR2A", false),
        ] as [(String, String?, Bool)] {
            let code = CreditTransferCode(
                payee: "A", iban: iban, bic: bic, amount: Money(minor: 1, currency: euro), reference: reference)
            #expect((code != nil) == isAllowed, "\(iban)")
        }
        #expect(try sampleLetter("en", open: { _ in 99_999_999_999 }).creditTransferCode == nil)
    }

    @Test func `long and mixed names wrap inside the window, and too long ones are refused`() async throws {
        let long = "上海云杉精密仪器与自动化控制系统集成股份有限公司 (Shanghai Spruce Precision Instruments and Automation Co., Ltd.)"
        let page = try #require(
            try await ReadPDF(LetterPrinter().print(sampleLetter("zh", customer: long))).pages().first)
        for part in ["上海云杉精密仪器", "限公司 (Shanghai Spruce Precision Instruments"] { #expect(page.contains(part)) }
        #expect(throws: LetterMistake.self) {
            try LetterPrinter().print(sampleLetter("en", customer: String(repeating: "long name ", count: 80)))
        }
    }

    @Test func `what no font can print is an error that says which text`() throws {
        let letter = try sampleLetter("en", customer: "Acme \u{10FFFD} Ltd")
        #expect { try LetterPrinter().print(letter) } throws: { error in
            "\(error)".contains("no installed font can print all of 'Acme ")
        }
    }
}

extension Money {
    /// `1234` is `12.34`, and `7` is `0.07`.
    fileprivate static func cents(_ minor: Int) -> String {
        "\(minor / 100).\(minor % 100 < 10 ? "0" : "")\(minor % 100)"
    }
}
