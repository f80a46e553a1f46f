import Delivery
import Domain
import Foundation
import Testing

struct CamtReaderTests {
    private static let transaction = """
        <TxDtls><Refs><EndToEndId>E-1</EndToEndId><TxId>T-1</TxId></Refs><Amt Ccy="EUR">42.50</Amt>
        <RltdPties><Dbtr><Pty><Nm>Miller &amp; Söhne</Nm></Pty></Dbtr>
        <DbtrAcct><Id><IBAN>DE02 1203 0000 0000 2020 51</IBAN></Id></DbtrAcct></RltdPties>
        <RmtInf><Ustrd>Invoice INV-1</Ustrd><Ustrd><![CDATA[thank you <3]]></Ustrd>
        <Strd><RfrdDocInf><Nb>INV-2</Nb></RfrdDocInf><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>
        </TxDtls>
        """

    @Test(arguments: ["02", "03", "04", "05", "06", "07", "08"])
    func `a statement is read with everything that is asked of it, however the file is cut`(version: String) throws {
        var camt = Camt(version: version)
        camt.statements = [
            Camt.statement(
                closing: "142.50",
                Camt.entry("42.50", "<AcctSvcrRef>B-1</AcctSvcrRef>", details: Self.transaction))
        ]
        for piece in [1, 7, 100_000] {
            let reading = try camt.read(piece: piece)
            let statement = try #require(reading.statements.first)
            #expect(statement.id == "S-1" && statement.sequence == "7" && statement.account == "DE89370400440532013000")
            #expect(statement.openingMinor == 10_000 && statement.closingMinor == 14_250)
            #expect(statement.differenceMinor == 0 && statement.entries == 1 && statement.line == 2)
            let entry = try #require(reading.entries.first)
            #expect(entry.minor == 4250 && entry.isCredit && entry.serviceReference == "B-1")
            #expect(entry.bookedOn == CalendarDate("2026-03-02") && entry.valueOn == CalendarDate("2026-03-03"))
            let detail = try #require(entry.details.first)
            #expect(detail.endToEnd == "E-1" && detail.transactionID == "T-1" && detail.minor == 4250)
            #expect(detail.debtorName == "Miller & Söhne" && detail.debtorAccount == "DE02120300000000202051")
            #expect(detail.structuredReference == "RF18539007547034")
            #expect(detail.remittance == "Invoice INV-1\nthank you <3\nINV-2")
        }
    }

    @Test func `the older form of status and debtor is read too, and an instant's day`() throws {
        let detail = "<TxDtls><RltdPties><Dbtr><Nm>Miller</Nm></Dbtr></RltdPties></TxDtls>"
        let entry = Camt.entry("1", status: "PDNG", details: detail)
            .replacing("<Dt>2026-03-02</Dt>", with: "<DtTm>2026-03-02T23:59:59+01:00</DtTm>")
        let reading = try Camt(version: "02", statements: [Camt.statement(closing: "100", entry)]).read()
        #expect(reading.entries.map(\.status) == [.pending])
        #expect(reading.entries.map(\.details.first?.debtorName) == ["Miller"])
        #expect(reading.entries.map(\.bookedOn) == [CalendarDate("2026-03-02")])
        // What is not booked moves no balance.
        #expect(reading.statements.map(\.differenceMinor) == [0])
    }

    @Test func `more than one reference, words beside them, and the sum of charges are read`() throws {
        let detail = """
            <TxDtls><Amt Ccy="EUR">119</Amt><CdtDbtInd>DBIT</CdtDbtInd><Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">3</TtlChrgsAndTaxAmt></Chrgs>
            <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd><RmtInf>
            <Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf><AddtlRmtInf>INV-7</AddtlRmtInf></Strd>
            <Strd><CdtrRefInf><Ref>RF45G72UUR</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>
            """
        let entry = Camt.entry("119", sign: "DBIT", "<AddtlNtryInf>RETURN</AddtlNtryInf>", details: detail)
        let said = Camt.entry("1", "<AddtlNtryInf>INV-8</AddtlNtryInf>")
        let reading = try Camt(statements: [Camt.statement(closing: "-18", entry, said)]).read()
        let payments = reading.entries.flatMap(\.payments)
        #expect(payments.map(\.kind) == [.reversal, .receipt])
        #expect(payments.map(\.chargesMinor) == [300, 0] && payments.map(\.detail) == [1, 0])
        #expect(payments.map(\.about.structuredReference) == ["RF18539007547034", nil])
        #expect(payments.map(\.about.remittance) == ["INV-7\nRF45G72UUR", "INV-8"])
        // The single charges say more than their sum.
        let both = entry.replacing(
            "</TtlChrgsAndTaxAmt>", with: "</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy=\"EUR\">2</Amt></Rcrd>")
        let charges = try Camt(statements: [Camt.statement(closing: "1", both)]).read().entries.flatMap(\.payments)
        #expect(charges.map(\.chargesMinor) == [200])
    }

    @Test func `what the payer gives each document is read, where it is said of one and in the account's currency`()
        throws
    {
        func block(_ documents: [String], _ amount: String, reference: String = "", currency: String = "EUR") -> String
        {
            "<Strd>" + documents.map { "<RfrdDocInf><Nb>\($0)</Nb></RfrdDocInf>" }.joined()
                + "<RfrdDocAmt><RmtdAmt Ccy=\"\(currency)\">\(amount)</RmtdAmt></RfrdDocAmt>"
                + (reference.isEmpty ? "" : "<CdtrRefInf><Ref>\(reference)</Ref></CdtrRefInf>") + "</Strd>"
        }
        let detail =
            "<TxDtls><RmtInf>" + block(["INV-1"], "40") + block(["INV-2", "INV-3"], "50")
            + block(["INV-4"], "60", currency: "USD") + block(["INV-5"], "1.234")
            + block([], "2.50", reference: "RF45G72UUR")
            + "</RmtInf></TxDtls>"
        let reading = try Camt(statements: [Camt.statement(closing: "200", Camt.entry("100", details: detail))]).read()
        #expect(reading.rejects.isEmpty)
        #expect(
            reading.entries.first?.details.first?.remitted == [
                RemittedAmount(document: "INV-1", minor: 4000), RemittedAmount(document: "RF45G72UUR", minor: 250),
            ])
    }

    @Test func `charges that are marked count beside an amount that says again what was booked`() throws {
        let detail = """
            <TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">990</Amt></TxAmt></AmtDtls><Chrgs><Rcrd><Amt Ccy="EUR">10</Amt>
            <ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs></TxDtls>
            """
        let reading = try Camt(statements: [Camt.statement(closing: "1090", Camt.entry("990", details: detail))]).read()
        #expect(reading.entries.flatMap(\.payments).map(\.grossMinor) == [100_000])
    }

    @Test func `every statement of a file has its own balance, and an overdrawn account is below zero`() throws {
        let overdrawn = Camt.statement("S-2", closing: "1", Camt.entry("150", sign: "DBIT"))
            .replacing(Camt.balance("CLBD", "1"), with: Camt.balance("CLBD", "50", sign: "DBIT"))
        let reading = try Camt(statements: [
            Camt.statement(closing: "110", Camt.entry("10")), overdrawn,
            Camt.statement("S-3", closing: "110", Camt.entry("9.95")),
        ]).read()
        #expect(reading.statements.map(\.differenceMinor) == [0, 0, 5])
        #expect(reading.entries.map(\.statement) == [1, 2, 3])
    }

    @Test(arguments: [
        (Camt.entry("1.23456"), Reject.Reason.tooManyDigits), (Camt.entry("1", currency: "USD"), .unknownCurrency),
        (Camt.entry("-1"), .outOfRange), (Camt.entry("1e3"), .invalidNumber),
        (Camt.entry("9999999999999999999"), .outOfRange),
        (Camt.entry("1", sign: "?"), .unknownValue), (Camt.entry("1", status: "DONE"), .unknownValue),
        (Camt.entry("1").replacing("2026-03-02", with: "2026-02-30"), .invalidDate),
    ])
    func `an entry that cannot be taken says why and on which line`(entry: String, reason: Reject.Reason) throws {
        let text = "\n\n" + entry.replacing("><", with: ">\n<")
        let reading = try Camt(statements: [Camt.statement(closing: "100", text)]).read()
        #expect(reading.entries.isEmpty)
        #expect(reading.rejects.map(\.reject.reason) == [reason])
        #expect(reading.rejects.allSatisfy { (7...14).contains($0.line) })
    }

    @Test func `zeros behind the currency's digits are no further digits`() throws {
        let reading = try Camt(statements: [Camt.statement(closing: "108.85000", Camt.entry("8.850"))]).read()
        #expect(reading.entries.map(\.minor) == [885] && reading.statements.map(\.differenceMinor) == [0])
    }

    @Test(arguments: ["<Ccy>EUR</Ccy>", Camt.balance("CLBD", "100"), "<Id>S-1</Id>"])
    func `a statement without what every statement has is refused`(missing: String) throws {
        let text = Camt.statement(closing: "100").replacing(missing, with: "").replacing(
            "Ccy=\"EUR\"", with: "Ccy=\"€\"")
        let reading = try Camt(statements: [text]).read()
        #expect(reading.statements.isEmpty && reading.rejects.count == 1)
    }
}
