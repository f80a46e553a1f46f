import Automation
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

struct DecisionInboxTests {
    /// Two notices that wait for approval, of invoices R1 and R2, and the dunning folder of an inbox.
    private func with(
        _ body: (FinanceOffice, DecisionInbox, InboxScene, _ notices: [String]) async throws -> Void
    ) async throws {
        try await FinanceOffice.with { office in
            for index in 1...2 {
                try await office.invoice("R\(index)", of: "C\(index)", due: "2026-03-01", minor: 1_000_001)
            }
            try await office.run(DunInvoices.self, on: "2026-03-31")
            let notices = try await office.texts("SELECT id::text FROM ltc.notices ORDER BY customer_id")
            try await InboxScene.with("dunning") { folder in
                let inbox = DecisionInbox(
                    inbox: folder.inbox, pool: office.database.pool, logger: TestDatabase.logger)
                try await body(office, inbox, folder, notices)
            }
        }
    }

    private static let states = "SELECT state FROM ltc.notices ORDER BY customer_id"
    private static let holds = "SELECT count(*) FROM ltc.dunning_holds"

    private func register(_ notices: [String]) -> String {
        """
        notice,invoice,decision,reason,until
        \(notices[0]),R1,approve,,
        \(notices[1]),R2,reject,wrong goods,
        ,R2,hold,talks,2127-05-01

        """
    }

    @Test func `a marked register is applied and moved, in the name of its owner`() async throws {
        try await with { office, inbox, folder, notices in
            try folder.put(register(notices), "marked.csv")
            try await inbox.look(at: Date())
            #expect(try folder.list() == ["marked.csv"])
            try await inbox.look(at: InboxScene.soon)
            #expect(try folder.list() == [] && folder.list("done") == ["marked.csv"])
            #expect(try await office.texts(Self.states) == ["approved", "rejected"])
            let me = ProcessInfo.processInfo.userName
            #expect(try await office.texts("SELECT approved_by FROM ltc.notices WHERE state = 'approved'") == [me])
            #expect(
                try await office.texts("SELECT concat_ws(' ', file, actor, taken, rejected) FROM ltc.decision_files")
                    == ["marked.csv \(me) 3 {}"])
        }
    }

    @Test func `a register with rejected lines is put aside with them; its other lines are taken`() async throws {
        try await with { office, inbox, folder, notices in
            try folder.put(register(notices) + "77,R9,reject,,\n\(notices[0]),R1,pay,,\n", "marked.csv")
            try await inbox.look(at: InboxScene.soon)
            #expect(try folder.list("rejected") == ["marked.csv", "marked.csv.reason.txt"])
            #expect(
                try folder.reason("marked.csv") == """
                    marked.csv:5: there is no notice '77'; ltc dunning list
                    marked.csv:6: 'pay' is no decision; write one of approve, reject, hold

                    """)
            #expect(try await office.texts(Self.states) == ["approved", "rejected"])
        }
    }

    @Test func `what was applied and not moved is known the next time, and moved as it was judged`() async throws {
        try await with { office, inbox, folder, notices in
            let marked = register(notices) + "77,R9,reject,,\n"
            // The second finds the first of its name where it lies, and replaces it not.
            for name in ["marked.csv", "marked-2.csv"] {
                try folder.put(marked, "marked.csv")
                try await inbox.look(at: InboxScene.soon)
                #expect(try folder.list() == [] && folder.list("done") == [])
                #expect(try folder.reason(name) == "marked.csv:5: there is no notice '77'; ltc dunning list\n")
            }
            #expect(
                try folder.list("rejected") == [
                    "marked-2.csv", "marked-2.csv.reason.txt", "marked.csv", "marked.csv.reason.txt",
                ])
            #expect(try await office.number(Self.holds) == 1)
            #expect(try await office.number("SELECT count(*) FROM ltc.decision_files") == 1)
        }
    }

    @Test func `daemons on one folder apply a register once`() async throws {
        try await with { office, inbox, folder, notices in
            try await office.invoice("R3", due: "2127-03-01")
            try folder.put(register(notices), "a.csv")
            for number in 1...5 {
                try folder.put("notice,invoice,decision,reason\n,R3,hold,\(number)\n", "\(number).csv")
            }
            try await withThrowingTaskGroup { group in
                for _ in 1...3 { group.addTask { try await inbox.look(at: InboxScene.soon) } }
                try await group.waitForAll()
            }
            #expect(try folder.list() == [] && folder.list("done").count == 6 && folder.list("rejected") == [])
            #expect(try await office.number(Self.holds) == 6)
            #expect(try await office.texts(Self.states) == ["approved", "rejected"])
        }
    }

    @Test(arguments: [
        ("notice,reason\n1,x\n", "bad.csv:1: there is no column 'decision'"), ("", "bad.csv: the file is empty"),
    ])
    func `what is no register is put aside, and holds up no other`(text: String, reason: String) async throws {
        try await with { office, inbox, folder, notices in
            try folder.put(text, "bad.csv")
            try folder.put(register(notices), "good.csv")
            try await inbox.look(at: InboxScene.soon)
            #expect(try folder.reason("bad.csv").hasPrefix(reason))
            #expect(try folder.list("done") == ["good.csv"])
            #expect(try await office.texts(Self.states) == ["approved", "rejected"])
        }
    }
}
