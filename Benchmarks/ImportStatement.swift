import Automation
import Delivery
import Domain
import Foundation
import Postgres
import TestSupport

extension Measurement {
    /// LTC_BENCH_ENTRIES takes another number of entries.
    static let importStatement = Measurement(
        name: "import-camt",
        what:
            "a camt.053 file of 1,000,000 entries, each a receipt that is matched and pays an invoice; and a tenth of it"
    ) {
        let most = ProcessInfo.processInfo.environment["LTC_BENCH_ENTRIES"].flatMap { Int($0) } ?? 1_000_000
        try RunningProcess.forgetOwnPeak()
        var figures: [Figure] = []
        for count in [most / 10, most] {
            let file = try StatementFile.write(count: count)
            defer { unlink(file.path(percentEncoded: false)) }
            let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            let times = try await TestDatabase.with { database in
                (try await StatementFile.read(file), try await StatementFile.take(file, count: count, into: database))
            }
            let peak = try RunningProcess(pid: getpid()).megabytes("VmHWM")
            figures += [
                Figure(
                    label: "\(count) entries read", value: "\(times.0.seconds.rounded(1)) s",
                    reference: "the file: \(size / 1_000_000) MB"),
                Figure(
                    label: "\(count) entries imported", value: "\(times.1.seconds.rounded(1)) s",
                    reference: "\((Double(count) / times.1.seconds).rounded(0)) entries/s"),
                Figure(label: "peak of resident memory", value: "\(peak.rounded(1)) MB"),
            ]
        }
        return figures
    }
}

/// A bank's file in which every tenth invoice is named by reference, the others in words.
private enum StatementFile {
    static func write(count: Int) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appending(path: "ltc-bench-\(UUID().uuidString).xml")
        guard FileManager.default.createFile(atPath: file.path(percentEncoded: false), contents: nil) else {
            throw Problem(.defect, "bench", "cannot be written", place: file.path(percentEncoded: false))
        }
        let handle = try FileHandle(forWritingTo: file)
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>BIG-\(count)</Id>
            <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
            <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
            <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">\(count * 10).00</Amt>
            <CdtDbtInd>CRDT</CdtDbtInd></Bal>

            """
        for number in 0..<count {
            let reference = number % 10 == 0 ? CreditorReference(number: "INV-\(number)")?.text ?? "" : ""
            text += """
                <Ntry><NtryRef>\(number)</NtryRef><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>false</RvslInd>
                <Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-02</Dt></ValDt>
                <AcctSvcrRef>B-\(number)</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>
                <SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E-\(number)</EndToEndId></Refs>
                <RltdPties><Dbtr><Pty><Nm>Customer \(number % 100_000)</Nm></Pty></Dbtr>
                <DbtrAcct><Id><IBAN>DE0212030000\(1_000_000_000 + number % 100_000)</IBAN></Id></DbtrAcct></RltdPties>
                <RmtInf><Ustrd>\(reference.isEmpty ? "Invoice INV-\(number)" : "")</Ustrd>
                <Strd><CdtrRefInf><Ref>\(reference)</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>

                """
            if text.utf8.count > 1 << 20 {
                try handle.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try handle.write(contentsOf: Data((text + "</Stmt></BkToCstmrStmt></Document>\n").utf8))
        try handle.close()
        return file
    }

    /// The file alone, no database.
    static func read(_ file: URL) async throws -> Duration {
        let handle = try FileHandle(forReadingFrom: file)
        let reader = CamtReader(file: file.lastPathComponent) { buffer in
            let piece = try handle.read(upToCount: 1 << 18) ?? Data()
            buffer += piece
            return !piece.isEmpty
        }
        let start = ContinuousClock.now
        while try reader.next() != nil {}
        let time = start.duration(to: .now)
        try handle.close()
        return time
    }

    static func take(_ file: URL, count: Int, into database: TestDatabase) async throws -> Duration {
        try await database.pool.transaction { db in
            try db.script(
                """
                INSERT INTO ltc.teams (code, name, kind, zone, hours) VALUES ('f', 'f', 'finance', 'Europe/Berlin', '{}');
                INSERT INTO ltc.creditors (code, name, iban, finance_team_id)
                SELECT 'acme', 'Acme', 'DE89370400440532013000', id FROM ltc.teams;
                INSERT INTO ltc.customers (number, name, folded_name)
                SELECT 'C-' || n, 'Customer ' || n, 'customer' || n FROM generate_series(0, 99999) AS n;
                INSERT INTO ltc.invoices (
                    number, creditor_id, customer_id, team_id, issued_on, due_on, currency, amount_minor)
                SELECT 'INV-' || n, k.id, c.id, k.finance_team_id, '2026-01-01', '2026-01-31', 'EUR', 1000
                FROM generate_series(0, \(count - 1)) AS n
                JOIN ltc.customers AS c ON c.number = 'C-' || n % 100000 CROSS JOIN ltc.creditors AS k;
                """)
        }
        try await database.pool.withConnection { try await $0.script("VACUUM ANALYZE") }
        let fileImport = FileImport(.receipts, path: file.path(percentEncoded: false), asOf: Date())
        let start = ContinuousClock.now
        let report = try await fileImport.run(on: database.pool)
        let time = start.duration(to: .now)
        guard report.outputs.first?.taken == count, report.waiting.isEmpty else {
            throw Problem(
                .defect, "bench", "\(report.outputs) of \(count) entries were taken, waiting: \(report.waiting)")
        }
        return time
    }
}
