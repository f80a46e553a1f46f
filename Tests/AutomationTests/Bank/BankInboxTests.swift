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
