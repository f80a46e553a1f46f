import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@Suite struct BankDraftTests {

    /// A draft of 100.00 that matures on 30 April, for R2 of 60.00; R1 is older.
    static func withDraft(_ body: (FinanceOffice) async throws -> Void) async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-20", minor: 9_000)
            try await office.invoice("R2", due: "2026-02-10", minor: 6_000, level: 1, noticed: "2026-02-16")
            try await office.draft("D1", on: "2026-02-20", minor: 10_000, matures: "2026-04-30", remittance: "R2")
            try await body(office)
        }
    }

    private func explain(_ office: FinanceOffice, _ number: String, on day: String) async throws -> InvoiceExplanation {
        try await office.database.pool.transaction { db in
            try ExplainInvoice.explain(number, asOf: .day(#require(CalendarDate(day))), now: Date(), in: db)
        }
    }

    static func ageing(_ office: FinanceOffice, on day: String) async throws -> [Int] {
        let found = try await office.database.pool.transaction { db in
            try AgeingStore.ageing(team: nil, on: #require(CalendarDate(day)), in: db).first
        }
        return [found?.owedMinor ?? 0, found?.unallocatedMinor ?? 0]
    }

    @Test func `until it matures what it is meant for is owed and not dunned`() async throws {
        try await Self.withDraft { office in
            #expect(try await office.number("SELECT count(*) FROM ltc.allocations") == 0)
            #expect(
                try await office.texts("SELECT reason || amount_minor FROM ltc.draft_covers ORDER BY id") == [
                    "remittance6000", "oldest_due4000",
                ])
            #expect(try await Self.ageing(office, on: "2026-04-29") == [15_000, 0])
            let told = try await explain(office, "R2", on: "2026-03-10")
            #expect(told.decision.reason == .bankDraft)
            #expect(told.obstacles.map(\.kind) == ["draft"] && told.drafts.map(\.state) == ["held"])
            let report = try await office.run(DunInvoices.self, on: "2026-03-10", isPreview: true)
            #expect(report.notices.first?.invoices.map(\.number) == ["R1"])
            // What the draft is not meant for is asked for.
            #expect(report.notices.first?.open.minor == 5_000)
        }
    }

    @Test func `on its day it pays what it was meant for, and once`() async throws {
        try await Self.withDraft { office in
            // The run that lets it pay decides on what is left.
            let report = try await office.run(DunInvoices.self, on: "2026-04-30", isPreview: true)
            #expect(report.notices.map { $0.invoices.map(\.number) } == [["R1"]])
            #expect(report.notices.map(\.open.minor) == [5_000])
            try await office.run(DunInvoices.self, on: "2026-04-29")
            #expect(try await office.number("SELECT count(*) FROM ltc.allocations") == 0)
            try await office.run(DunInvoices.self, on: "2026-04-30")
            try await office.run(DunInvoices.self, on: "2026-05-01")
            #expect(
                try await office.texts(
                    "SELECT reason || amount_minor || ' ' || effective_on FROM ltc.allocations ORDER BY id")
                    == ["remittance6000 2026-04-30", "oldest_due4000 2026-04-30"])
            #expect(try await Self.ageing(office, on: "2026-04-29") == [15_000, 0])
            #expect(try await Self.ageing(office, on: "2026-04-30") == [5_000, 0])
        }
    }

    @Test func `dishonoured, it is owed again and dunned at the level that it had`() async throws {
        try await Self.withDraft { office in
            try await office.run(DunInvoices.self, on: "2026-04-30")
            let id = try await office.number("SELECT id FROM ltc.receipts")
            try await office.database.pool.transaction { db in
                try ReceiptDesk.reverse(
                    [id], reason: "dishonoured", actor: "fay", at: FinanceOffice.noon("2026-05-04"), in: db)
            }
            #expect(try await Self.ageing(office, on: "2026-05-04") == [15_000, 0])
            let told = try await explain(office, "R2", on: "2026-05-20")
            #expect(told.level == 1 && told.decision.reason != .bankDraft && told.drafts.map(\.state) == ["reversed"])
        }
    }

    @Test func `given back before its day, it covers nothing`() async throws {
        try await Self.withDraft { office in
            let id = try await office.number("SELECT id FROM ltc.receipts")
            try await office.database.pool.transaction { db in
                try ReceiptDesk.reverse(
                    [id], reason: "given_back", actor: "fay", at: FinanceOffice.noon("2026-03-01"), in: db)
            }
            #expect(try await explain(office, "R2", on: "2026-03-10").decision.reason != .bankDraft)
            #expect(try await Self.ageing(office, on: "2026-06-01") == [15_000, 0])
            try await office.run(DunInvoices.self, on: "2026-05-01")
            #expect(try await office.number("SELECT count(*) FROM ltc.allocations") == 0)
        }
    }

    @Test func `money that comes meanwhile pays, and the draft then pays the rest`() async throws {
        try await Self.withDraft { office in
            try await office.receipt("B1", on: "2026-03-15", minor: 6_000, remittance: "R2")
            try await office.database.pool.transaction { db in
                _ = try AllocateReceipts.mature(
                    through: #require(CalendarDate("2026-04-30")), actor: "fay", at: Date(), in: db)
            }
            #expect(
                try await office.texts("SELECT number || ' ' || open_minor FROM ltc.invoices ORDER BY number") == [
                    "R1 0", "R2 0",
                ])
            #expect(
                try await office.number("SELECT amount_minor - allocated_minor FROM ltc.receipts WHERE kind = 'draft'")
                    == 1_000)
        }
    }

    @Test func `a draft that matures before a letter goes out has paid by then`() async throws {
        try await Self.withDraft { office in
            let run = try await office.run(DunInvoices.self, on: "2026-04-29")
            #expect(run.notices.map(\.open.minor) == [5_000])
            // Nothing else runs in between.
            #expect(try await office.send(on: "2026-05-04") == [.send])
            #expect(try await office.number("SELECT open_minor FROM ltc.notices") == 5_000)
            #expect(try await Self.ageing(office, on: "2026-05-04")[1] == 0)
            #expect(try await office.number("SELECT sum(open_minor) FROM ltc.invoices WHERE kind = 'invoice'") == 5_000)
        }
    }

    @Test func `from its day on an explanation reckons with it as a run does`() async throws {
        try await Self.withDraft { office in
            for day in ["2026-04-30", "2026-05-02"] {
                let told = try await [explain(office, "R1", on: day), explain(office, "R2", on: day)]
                #expect(told.map(\.open.minor) == [5_000, 0] && told.map(\.credit.minor) == [0, 0])
                #expect(told[1].decision.reason == .paid && told[1].drafts.map(\.state) == ["paid"])
                let run = try await office.run(DunInvoices.self, on: day, isPreview: true)
                let item = try #require(run.notices.first?.invoices.first)
                #expect(run.notices[0].invoices.map(\.number) == ["R1"] && told[0].decision.level == item.level)
                #expect(told[0].decision.interestToPost == run.notices[0].interest)
            }
        }
    }

    @Test func `what other money paid of what a draft is for, the draft pays of the oldest, as explained before`()
        async throws
    {
        try await Self.withDraft { office in
            try await office.receipt("B1", on: "2026-03-15", minor: 6_000, remittance: "R2")
            try await office.invoice("R3", due: "2026-02-20", minor: 5_000)
            func told() async throws -> [Int] {
                try await [explain(office, "R1", on: "2026-05-01"), explain(office, "R3", on: "2026-05-01")]
                    .flatMap { [$0.open.minor, $0.credit.minor] }
            }
            #expect(try await told() == [0, 0, 4_000, 0])
            try await office.run(DunInvoices.self, on: "2026-05-01")
            #expect(try await told() == [0, 0, 4_000, 0])
        }
    }

    private func promise(_ office: FinanceOffice, amount: String? = nil) async throws -> Money? {
        try await office.database.pool.transaction { db in
            try DunningObstacleDesk.promise(
                "R2", amount: amount, on: #require(CalendarDate("2026-03-10")), actor: "fay",
                asOf: .day(#require(CalendarDate("2026-02-27"))), in: db)
        }.amount
    }

    private func states(_ office: FinanceOffice, on day: String) async throws -> [String] {
        try await explain(office, "R2", on: day).obstacles.map { "\($0.kind) \($0.state)" }
    }

    @Test func `a draft keeps the promise that was given before it, until it goes back`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R2", due: "2026-02-10", minor: 15_000)
            #expect(try await promise(office, amount: "100")?.minor == 10_000)
            try await office.draft("D1", on: "2026-03-12", minor: 10_000, matures: "2026-04-30", isAllocated: false)
            #expect(try await states(office, on: "2026-03-13") == ["promise on"])
            try await office.database.pool.transaction { db in
                _ = try AllocateReceipts.allocate([1], at: FinanceOffice.noon("2026-03-12"), in: db)
            }
            #expect(try await states(office, on: "2026-03-13") == ["promise kept", "draft on"])
            // Neither is asked for twice, nor left out twice.
            let report = try await office.run(DunInvoices.self, on: "2026-03-13", isPreview: true)
            #expect(report.notices.map(\.open.minor) == [5_000])
            try await office.run(DunInvoices.self, on: "2026-04-30")
            #expect(try await states(office, on: "2026-05-01") == ["promise kept"])
            try await office.database.pool.transaction { db in
                try ReceiptDesk.reverse(
                    [1], reason: "dishonoured", actor: "fay", at: FinanceOffice.noon("2026-05-04"), in: db)
            }
            #expect(try await states(office, on: "2026-05-05") == ["promise broken"])
        }
    }

    @Test func `what a draft is there for is not promised beside it`() async throws {
        try await Self.withDraft { office in
            await #expect { _ = try await promise(office) } throws: { ($0 as? Problem)?.code == "nothing_open" }
            try await office.invoice("R3", due: "2026-02-11", minor: 7_000)
            try await office.script(
                "INSERT INTO ltc.draft_covers (receipt_id, invoice_id, team_id, currency, amount_minor, reason) "
                    + "SELECT 1, id, team_id, currency, 3000, 'oldest_due' FROM ltc.invoices WHERE number = 'R3'")
            await #expect {
                try await office.database.pool.transaction { db in
                    _ = try DunningObstacleDesk.promise(
                        "R3", amount: "40.01", on: #require(CalendarDate("2026-03-10")), actor: "fay",
                        asOf: .day(#require(CalendarDate("2026-02-27"))), in: db)
                }
            } throws: {
                ($0 as? Problem)?.code == "amount_out_of_range"
            }
        }
    }

    @Test func `a file's draft needs its day, and only a draft has one`() async throws {
        try await FinanceOffice.with { office in
            let trial = Trial(office.database)
            let file = """
                reference,booked_on,amount,currency,customer,kind,matures_on
                D1,2026-02-20,10,EUR,C1,draft,2026-05-20
                D2,2026-02-20,10,EUR,C1,draft,
                D3,2026-02-20,10,EUR,C1,,2026-05-20
                D4,2026-02-20,10,EUR,C1,draft,2026-02-19
                D5,2026-02-20,10,EUR,C1,cheque,
                """
            let report = try await trial.run(try trial.write(file), as: .receipts)
            #expect(
                report.rejects.map { "\($0.line) \($0.reject.column ?? "") \($0.reject.reason.rawValue)" } == [
                    "3 matures_on missing_value", "4 matures_on contradiction", "5 matures_on contradiction",
                    "6 kind unknown_value",
                ])
            #expect(
                try await office.texts("SELECT kind || ' ' || cash_on FROM ltc.receipts") == ["draft 2026-05-20"])
        }
    }
}
