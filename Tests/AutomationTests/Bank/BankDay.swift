import Automation
import Domain
import Foundation
import Postgres
import TestSupport

/// Files of the bank, written and imported by a test: the account is that of `FinanceOffice`'s creditor.
struct BankDay {
    static let account = "DE89370400440532013000"
    /// When the files are taken: 2026-03-06.
    private static let evening = Date(timeIntervalSince1970: 1_772_820_000)
    let office: FinanceOffice

    static func with<Result: Sendable>(_ body: (BankDay) async throws -> Result) async throws -> Result {
        try await FinanceOffice.with { office in
            // As an import stores names.
            try await office.script("UPDATE ltc.customers SET folded_name = 'millerltd' WHERE number = 'C1'")
            return try await body(BankDay(office: office))
        }
    }

    /// A payment on 2 March 2026.
    struct Payment {
        var amount: String
        var sign = "CRDT"
        var reference = ""
        var endToEnd = "NOTPROVIDED"
        var structured = ""
        var text = ""
        var name = ""
        var iban = ""
        var more = ""
        var day = "2026-03-02"

        var entry: String {
            """
            <Ntry><Amt Ccy="EUR">\(amount)</Amt><CdtDbtInd>\(sign)</CdtDbtInd>\(more)<Sts><Cd>BOOK</Cd></Sts>
            <BookgDt><Dt>\(day)</Dt></BookgDt>\(reference.isEmpty ? "" : "<AcctSvcrRef>\(reference)</AcctSvcrRef>")
            <NtryDtls><TxDtls><Refs><EndToEndId>\(endToEnd)</EndToEndId></Refs>
            <RltdPties><Dbtr><Pty><Nm>\(name)</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>\(iban)</IBAN></Id></DbtrAcct></RltdPties>
            <RmtInf><Ustrd>\(text)</Ustrd><Strd><CdtrRefInf><Ref>\(structured)</Ref></CdtrRefInf></Strd></RmtInf>
            </TxDtls></NtryDtls></Ntry>
            """
        }
    }

    /// A batch booking with its transactions, or a debit of the same sum without them.
    static func batch(_ sign: String, _ amounts: [String], _ reference: String, day: String, more: String = "")
        -> String
    {
        let sum = amounts.reduce(0) { $0 + (Int($1) ?? 0) }
        let details = amounts.map { "<TxDtls><Amt Ccy=\"EUR\">\($0)</Amt></TxDtls>" }.joined()
        return """
            <Ntry><Amt Ccy="EUR">\(sum)</Amt><CdtDbtInd>\(sign)</CdtDbtInd>\(more)<Sts><Cd>BOOK</Cd></Sts>
            <BookgDt><Dt>\(day)</Dt></BookgDt><AcctSvcrRef>\(reference)</AcctSvcrRef>\(
                sign == "CRDT" ? "<NtryDtls>\(details)</NtryDtls>" : "")</Ntry>
            """
    }

    /// A statement that begins with nothing.
    static func statement(_ id: String, closing: String, account: String = account, _ entries: [String]) -> String {
        """
        <Stmt><Id>\(id)</Id><CreDtTm>2026-03-02T18:00:00Z</CreDtTm><Acct><Id><IBAN>\(account)</IBAN></Id><Ccy>EUR</Ccy></Acct>
        <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
        <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">\(closing)</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
        \(entries.joined(separator: "\n"))</Stmt>
        """
    }

    static func file(_ statements: String...) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
        \(statements.joined(separator: "\n"))
        </BkToCstmrStmt></Document>
        """
    }

    @discardableResult
    func take(_ text: String, _ change: (inout FileImport) throws -> Void = { _ in }) async throws -> ImportReport {
        let trial = Trial(office.database)
        return try await trial.run(try trial.write(text), as: .receipts) {
            $0.asOf = Self.evening
            try change(&$0)
        }
    }

    /// `reference of the invoice|amount|reason`
    func paid() async throws -> [String] {
        try await office.database.rows(
            """
            SELECT i.number, a.amount_minor, a.reason FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
            ORDER BY a.id
            """)
    }

    func waiting() async throws -> [String] {
        try await office.database.rows("SELECT waiting FROM ltc.receipts WHERE waiting IS NOT NULL ORDER BY id")
    }
}
