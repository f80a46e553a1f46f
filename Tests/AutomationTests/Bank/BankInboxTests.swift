import Automation
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

struct BankInboxTests {
    private static let statement = BankDay.file(
        BankDay.statement("S-1", closing: "1", [BankDay.Payment(amount: "1").entry]))

    private func with(_ body: (BankDay, BankInbox, InboxScene) async throws -> Void) async throws {
        try await BankDay.with { day in
            try await InboxScene.with("bank") { folder in
                let inbox = BankInbox(
                    inbox: folder.inbox, pool: day.office.database.pool, logger: TestDatabase.logger)
                try await body(day, inbox, folder)
            }
        }
    }

    @Test func `a file that is whole is imported and moved; one that still changes is left`() async throws {
        try await with { day, inbox, folder in
            try folder.put(Self.statement, "today.txt")
            try folder.put("<half", "tomorrow.xml.part")
            try await inbox.look(at: Date())
            #expect(try folder.list() == ["today.txt", "tomorrow.xml.part"])
            try await inbox.look(at: InboxScene.soon)
            #expect(try folder.list() == ["tomorrow.xml.part"] && folder.list("done") == ["today.txt"])
            #expect(try await day.office.number("SELECT count(*) FROM ltc.receipts") == 1)
        }
    }

    @Test func `the bank's own columns are read by a map, in the bank's encoding`() async throws {
        try await with { day, _, folder in
            let path = folder.inbox.appending(path: "bank.yaml").path
            try Data(
                """
                dates: YYYY/MM/DD
                decimals: 1,234.50
                files:
                  - file: any.csv
                    outputs:
                      - kind: receipts
                        columns:
                          {reference: 流水号, booked_on: 交易日期, amount: 金额, currency: {constant: EUR}, remittance: 摘要}
                """.utf8
            ).write(to: URL(filePath: path))
            let inbox = BankInbox(
                inbox: folder.inbox, map: try MapFile.read(path), encoding: .gb18030, pool: day.office.database.pool,
                logger: TestDatabase.logger)
            // 流水号,交易日期,金额,摘要 and 货款, as GB18030.
            let header = [0xC1, 0xF7, 0xCB, 0xAE, 0xBA, 0xC5, 0x2C, 0xBD, 0xBB, 0xD2, 0xD7, 0xC8, 0xD5, 0xC6, 0xDA]
            let more = [0x2C, 0xBD, 0xF0, 0xB6, 0xEE, 0x2C, 0xD5, 0xAA, 0xD2, 0xAA, 0x0A] as [UInt8]
            let row = Data("B-1,2026/03/02,\"1,234.50\",".utf8) + Data([0xBB, 0xF5, 0xBF, 0xEE, 0x0A])
            try folder.put(Data(header.map(UInt8.init) + more) + row, "today.csv")
            try await inbox.look(at: InboxScene.soon)
            #expect(try folder.list("done") == ["today.csv"])
            let found = try await day.office.database.rows("SELECT amount_minor, remittance FROM ltc.receipts")
            #expect(found == ["123450|货款"])
        }
    }

    @Test func `what was imported and not moved is known the next time, and moved`() async throws {
        try await with { day, inbox, folder in
            try await day.take(Self.statement)
            try folder.put(Self.statement, "today.xml")
            try await inbox.look(at: InboxScene.soon)
            #expect(try folder.list("done") == ["today.xml"])
            #expect(try await day.office.number("SELECT count(*) FROM ltc.receipts") == 1)
        }
    }

    @Test func `two daemons on one folder import a file once`() async throws {
        try await with { day, inbox, folder in
            for number in 1...5 {
                let text = Self.statement.replacing("S-1", with: "S-\(number)").replacing(
                    "<Amt Ccy=\"EUR\">1<", with: "<Amt Ccy=\"EUR\">\(number)<")
                try folder.put(text, "\(number).xml")
            }
            try folder.put("reference,booked_on,amount,currency\nB-9,2026-03-02,9,EUR\n", "9.csv")
            try await withThrowingTaskGroup { group in
                for _ in 1...2 { group.addTask { try await inbox.look(at: InboxScene.soon) } }
                try await group.waitForAll()
            }
            #expect(try folder.list() == [] && folder.list("done").count == 6 && folder.list("rejected") == [])
            #expect(try await day.office.number("SELECT sum(amount_minor) FROM ltc.receipts") == 2400)
        }
    }

    @Test func `a file that cannot be taken is put aside with the reason, and holds up no other`() async throws {
        try await with { _, inbox, folder in
            try folder.put("<html/>", "a.xml")
            try folder.put(
                Self.statement.replacing(
                    ">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>", with: ">2</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"),
                "b.xml")
            try folder.put(Self.statement, "c.xml")
            try await inbox.look(at: InboxScene.soon)
            #expect(try folder.list("rejected") == ["a.xml", "a.xml.reason.txt", "b.xml", "b.xml.reason.txt"])
            #expect(try folder.list("done") == ["c.xml"])
            let reason = try folder.reason("b.xml")
            #expect(reason.contains("unbalanced") && reason.contains("1.00 EUR is not explained"))
        }
    }
}
