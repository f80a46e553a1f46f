import Foundation
import Postgres
import TestSupport
import Testing

/// What banks, finance and mail servers put into the daemon's inbox.
@Suite(.timeLimit(.minutes(10)))
struct InboxTests {
    private static let statement = """
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S-1</Id>
        <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
        <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
        <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">5</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
        <Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>2026-03-02</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>
        """

    @Test func `a file that is put into the inbox is imported and moved, a broken one put aside`() async throws {
        try await TestDatabase.with { database in
            try await database.pool.transaction { db in
                try db.script(
                    """
                    INSERT INTO ltc.teams (code, name, kind, zone, hours) VALUES ('f', 'f', 'finance', 'Europe/Berlin', '{}');
                    INSERT INTO ltc.creditors (code, name, iban, finance_team_id)
                    SELECT 'acme', 'Acme', 'DE89 3704 0044 0532 0130 00', id FROM ltc.teams;
                    """)
            }
            let inbox = FileManager.default.temporaryDirectory.appending(path: "ltc-inbox-\(UUID().uuidString)")
            let bank = inbox.appending(path: "bank")
            try FileManager.default.createDirectory(at: bank, withIntermediateDirectories: true)
            try Data(Self.statement.utf8).write(to: bank.appending(path: "b.xml"))
            try Data(Self.statement.utf8.dropLast(9)).write(to: bank.appending(path: "a.xml"))
            let daemon = try DaemonProcess(database.name, environment: ["LTC_INBOX": inbox.path])
            try await daemon.line(with: "bank file rejected")
            try await daemon.line(with: "bank file imported")
            #expect(try FileManager.default.contentsOfDirectory(atPath: bank.appending(path: "done").path) == ["b.xml"])
            let reason = try String(contentsOf: bank.appending(path: "rejected/a.xml.reason.txt"), encoding: .utf8)
            #expect(reason.contains("a.xml:6: the file ends in the middle"))
            let ended = await daemon.stop()
            #expect(ended.code == 0)
        }
    }

    @Test func `marked registers and mails are taken where they lie, whatever is wrong in the folder beside`()
        async throws
    {
        try await TestDatabase.with { database in
            let inbox = FileManager.default.temporaryDirectory.appending(path: "ltc-inbox-\(UUID().uuidString)")
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: inbox) } }
            for folder in ["dunning", "mail/new"] {
                try FileManager.default.createDirectory(
                    at: inbox.appending(path: folder), withIntermediateDirectories: true)
            }
            try Data().write(to: inbox.appending(path: "bank"))
            try Data("notice,invoice,decision,reason\n,R1,,\n".utf8).write(to: inbox.appending(path: "dunning/a.csv"))
            try Data("notice,invoice,decision,reason\n,R1,hold,talks\n".utf8).write(
                to: inbox.appending(path: "dunning/b.csv"))
            try Data("From: ana@miller.invalid\n\nHello".utf8).write(to: inbox.appending(path: "mail/new/1"))
            let daemon = try DaemonProcess(database.name, environment: ["LTC_INBOX": inbox.path])
            for _ in 1...2 { try await daemon.line(with: "dunning file imported") }
            func list(_ folder: String) throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: inbox.appending(path: folder).path)
            }
            #expect(try list("dunning/done") == ["a.csv"])
            let reason = try String(
                contentsOf: inbox.appending(path: "dunning/rejected/b.csv.reason.txt"), encoding: .utf8)
            #expect(reason.hasPrefix("b.csv:2: ") && reason.contains("R1"))
            let ended = await daemon.stop()
            #expect(ended.code == 0 && ended.log.contains("the inbox cannot be worked"))
            #expect(try list("mail/new").isEmpty && list("mail/cur") == ["1:2,S"])
        }
    }
}
