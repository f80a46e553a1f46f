import Foundation
import TestSupport
import Testing

/// What closes items, as finance does it.
@Suite(.timeLimit(.minutes(10)))
struct LedgerCommandTests {
    private static func withOffice(_ body: (Shell) async throws -> Void) async throws {
        try await Shell.with { office in
            try await office.ltc("apply \(Shell.config)/company.yaml")
            try await office.ltc(
                "import customers FILE", file: "number,name,email\nC-1,Miller Ltd,pay@miller.invalid\n")
            try await office.ltc(
                "import invoices FILE",
                file: """
                    number,customer,creditor,issued_on,due_on,amount,currency,kind,discount_percent,discount_until
                    R-1,C-1,acme-eu,2026-01-01,2026-01-31,100.00,EUR,,2,2026-01-15
                    R-2,C-1,acme-eu,2026-01-01,2026-02-28,40.00,EUR,,,
                    G-1,C-1,acme-eu,2026-01-10,2026-01-10,15.00,EUR,credit-note,,

                    """)
            try await body(office)
        }
    }

    @Test func `a write-off up to the limit is done, above it it waits for somebody else`() async throws {
        try await Self.withOffice { office in
            try await office.ltc("invoice write-off R-2", exits: 2)
            try await office.ltc("invoice write-off R-9 --reason x", exits: 1)
            let done = try await office.ltc("invoice write-off R-2 --amount 10.00 --reason goodwill --json")
            #expect(done.contains(#""schema" : "ltc.invoice.write-off/1""#) && done.contains(#""state" : "approved""#))
            #expect(try await office.ltc("invoice write-off R-1 --reason insolvency").contains("is proposed"))
            #expect(try await office.ltc("invoice write-offs").contains("insolvency"))
            #expect(try await office.ltc("invoice write-off R-1 --approve", exits: 1).contains("somebody else"))
            #expect(try await office.ltc("invoice write-off R-1 --reject --reason no").contains("is rejected"))
            let shown = try await office.ltc("invoice show R-2")
            #expect(shown.contains("open 30.00") && shown.contains("without money (write_off)"))
            try await office.ltc("invoice write-off R-2 --reverse --reason paid_after_all")
            #expect(try await office.ltc("invoice show R-2").contains("open 40.00"))
        }
    }

    @Test func `names that a spreadsheet would take for formulas are words in lists as in registers`() async throws {
        try await Self.withOffice { office in
            try await office.ltc(
                "import customers FILE", file: "number,name\nC-2,\"=HYPERLINK(\"\"http://x.invalid\"\")\"\n")
            #expect(try await office.ltc("customer list --csv").contains(#""'=HYPERLINK(""http://x.invalid"")""#))
            let ageing = try await office.ltc("report ageing --as-of 2026-01-10 --csv")
            #expect(ageing.contains(",-15.00") || ageing.contains(",15.00"))
        }
    }

    @Test func `a credit note is set off and a discount taken, and the story says so`() async throws {
        try await Self.withOffice { office in
            #expect(try await office.ltc("invoice set-off G-1 R-2").contains("15.00 EUR of G-1 is set off"))
            #expect(try await office.ltc("invoice set-off G-1 R-2", exits: 1).contains("nothing of 'G-1' is open"))
            #expect(try await office.ltc("invoice show R-2").contains("set off 15.00 on 2026-01-10 against G-1"))
            try await office.ltc(
                "receipt import FILE",
                file: "reference,creditor,booked_on,amount,currency,customer\nB-1,acme-eu,2026-01-15,98.00,EUR,C-1\n")
            let shown = try await office.ltc("invoice explain R-1")
            #expect(
                shown.contains("open 0.00")
                    && shown.contains("closed 2.00 on 2026-01-15 without money (discount_taken)"))
            #expect(try await !office.ltc("invoice list --open --csv").contains("R-1,"))
            let before = try await office.ltc("invoice list --open --as-of 2026-01-14 --csv")
            #expect(before.contains("2026-01-31,100.00,100.00,EUR") && before.contains("2026-02-28,40.00,25.00,EUR"))
            #expect(
                try await office.ltc("invoice list --open --as-of 2026-01-09 --csv").contains("2026-02-28,40.00,40.00"))
            #expect(try await !office.ltc("invoice list --known-at 2026-01-09 --csv").contains("R-2,"))
            let list = try await office.ltc("receipt list --json")
            let id = try #require(list.firstMatch(of: /"id" : (\d+)/)?.1)
            #expect(try await office.ltc("receipt show \(id)") == office.ltc("receipt show B-1"))
            #expect(try await office.ltc("receipt show B-2", exits: 1).contains("there is no receipt 'B-2'"))
            // Whose reference is another's id is asked for again.
            try await office.ltc(
                "receipt import FILE",
                file: "reference,creditor,booked_on,amount,currency\n\(id),acme-eu,2026-01-15,1.00,EUR\n")
            #expect(
                try await office.ltc("receipt reverse \(id) --reason returned", exits: 1).contains(
                    "say which by its id: '#"))
            #expect(try await office.ltc("receipt show #\(id)") == office.ltc("receipt show B-1"))
            // It was taken for other money than it is, and the other way round.
            #expect(try await office.ltc("receipt release B-1 --reason wrong").contains("is free"))
            #expect(try await office.ltc("invoice show R-1").contains("open 100.00"))
            #expect(try await office.ltc("receipt list --waiting").contains("released"))
            try await office.ltc("receipt assign B-1 --customer C-1")
            #expect(try await office.ltc("invoice show R-1").contains("open 0.00"))
            let ahead = try await office.ltc("receipt reverse B-1 --reason returned --as-of 2099-01-01", exits: 2)
            #expect(ahead.contains("2099-01-01 is a day to come"))
            try await office.ltc("receipt reverse B-1 --reason returned --as-of 2099-01-01 --dry-run")
            try await office.ltc("receipt reverse B-1 --reason returned")
            #expect(try await office.ltc("invoice show R-1").contains("open 100.00"))
        }
    }

    /// 5.00 came in, and 3.00 went back that came before the ledger began.
    private static let statement = """
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S-1</Id>
        <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
        <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
        <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">2</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
        <Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>2026-03-02</Dt></BookgDt></Ntry>
        <Ntry><Amt Ccy="EUR">3</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>2026-03-02</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>
        """

    @Test func `money that went back and is no receipt here waits until a person says so`() async throws {
        try await Self.withOffice { office in
            try await office.ltc("receipt import FILE --set creditor=acme-eu", file: Self.statement)
            let list = try await office.ltc("receipt list --waiting --json")
            let entry = try #require(list.firstMatch(of: /"entry" : (\d+)/)?.1)
            #expect(try await office.ltc("receipt list --waiting").contains("Money went back"))
            try await office.ltc("receipt dismiss \(entry) --reason before_go_live")
            #expect(try await !office.ltc("receipt list --waiting").contains("Money went back"))
            #expect(
                try await office.ltc("receipt dismiss \(entry) --reason again", exits: 1).contains(
                    "no reversal with the entry"))
            // It was wrong: of 5.00 then, 3.00 went back.
            let receipt = try #require(list.firstMatch(of: /"id" : (\d+)/)?.1)
            let reversed = try await office.ltc("receipt reverse \(receipt) --entry \(entry) --reason returned")
            #expect(reversed.contains("receipt \(receipt) is taken back as of 2026-03-02; 2.00 EUR of it stays"))
        }
    }

    @Test func `a draft keeps its invoice from being dunned until it matures`() async throws {
        try await Self.withOffice { office in
            let header = "reference,creditor,booked_on,amount,currency,customer,remittance,kind,matures_on\n"
            try await office.ltc(
                "receipt import FILE", file: header + "D-1,acme-eu,2026-02-20,100.00,EUR,C-1,R-1,draft,2099-06-30\n")
            #expect(try await office.ltc("receipt list --drafts").contains("draft, matures 2099-06-30"))
            let told = try await office.ltc("invoice explain R-1 --as-of 2026-05-20")
            #expect(told.contains("bank_draft") && told.contains("matures on 2099-06-30: held"))
            #expect(
                try await office.ltc("report ageing --as-of 2026-05-20 --csv").contains("40.00,100.00,15.00,125.00"))
            #expect(try await office.ltc("receipt mature").contains("no draft has matured"))
            #expect(try await office.ltc("receipt mature --as-of 2099-06-30").contains("matured"))
            #expect(try await office.ltc("invoice show R-1").contains("open 0.00"))
        }
    }

    @Test func `a list of open items changes what differs, and is refused when it is not whole`() async throws {
        try await Self.withOffice { office in
            let header = "number,customer,creditor,issued_on,due_on,amount,currency,open_amount\n"
            func row(_ number: Int, due: String = "2026-01-31", open: String = "10.00") -> String {
                "S-\(number),C-1,acme-eu,2026-01-01,\(due),10.00,EUR,\(open)\n"
            }
            let all = (1...6).map { row($0) }.joined()
            let words = "import invoices FILE --source sap --open-items --on"
            try await office.ltc("import invoices FILE --open-items", file: header + all, exits: 2)
            try await office.ltc("import receipts FILE --open-items --on 2026-02-01", file: header + all, exits: 2)
            #expect(try await office.ltc("\(words) 2026-02-01", file: header + all).contains("closed, since"))
            let less = (2...4).map { row($0) }.joined()
            let refused = try await office.ltc("\(words) 2026-02-08", file: header + less, exits: 65)
            #expect(refused.contains("3 of the 6 open items of acme-eu") && refused.contains("--force"))
            let broken = try await office.ltc("\(words) 2026-02-08", file: header + all + row(6), exits: 65)
            #expect(broken.contains("'instalment'") && broken.contains("nothing of"))
            let changed = row(1, due: "2026-03-15", open: "4.00") + (2...5).map { row($0) }.joined()
            let preview = try await office.ltc("\(words) 2026-02-08 --dry-run", file: header + changed)
            #expect(preview.contains("a dry run"))
            let taken = try await office.ltc("\(words) 2026-02-08 --json", file: header + changed)
            #expect(taken.contains(#""changed" : 1"#) && taken.contains(#""closed" : 1"#))
            let again = try await office.ltc("\(words) 2026-02-08 --json", file: header + changed)
            #expect(again.contains(#""changed" : 0"#) && again.contains(#""closed" : 0"#))
            #expect(try await office.ltc("invoice show S-1").contains("due 2026-03-15"))
            #expect(
                try await office.ltc("\(words) 2026-02-07", file: header + changed, exits: 65).contains("2026-02-08"))
        }
    }
}
