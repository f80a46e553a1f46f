import Automation
import Delivery
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@Suite struct ReconciliationTests {
    private let march = ReconciliationDesk.Selection(month: CalendarMonth("2026-03")!)
    private let april = CalendarDate("2026-04-02")!

    private func create(_ office: FinanceOffice) async throws -> Int {
        try await office.database.pool.transaction { [march, april] db in
            try ReconciliationDesk.create(march, today: april, actor: "test", in: db).count
        }
    }

    private func answer(
        _ office: FinanceOffice, _ number: String, _ answer: ReconciliationDesk.Answer, on day: String? = nil
    ) async throws {
        try await office.database.pool.transaction { [april] db in
            try ReconciliationDesk.answer(
                number, answer, on: day.flatMap { CalendarDate($0) }, asOf: .day(april), actor: "test", in: db)
        }
    }

    private func states(_ office: FinanceOffice) async throws -> [String] {
        try await office.database.pool.transaction { db in
            try db.run(
                ReconciliationsSQL.ListReconciliations(
                    team: nil, customer: nil, day: nil, number: nil, state: nil, most: 100)
            ).map { "\($0.customer) \($0.balanceMinor) \($0.state)" }
        }
    }

    @Test(arguments: 1...4)
    func `the balances that letters ask about are the ledger of the month's end`(seed: Int) async throws {
        let ledger = RandomLedger(seed: UInt64(seed))
        try await FinanceOffice.with { office in
            try await ledger.write(to: office)
            _ = try await create(office)
            let day = march.month.last.days(since: RandomLedger.start)
            var asked: [RandomLedger.Line: Int] = [:]
            for line in try await office.texts(
                """
                SELECT c.number || ' ' || r.currency || ' ' || sum(r.balance_minor) FROM ltc.reconciliations AS r
                JOIN ltc.customers AS c ON c.id = r.customer_id GROUP BY c.number, r.currency
                """)
            {
                let words = line.split(separator: " ").map(String.init)
                asked[.init(key: words[0], currency: words[1])] = Int(words[2])
            }
            let expected = ledger.figures(.customer, by: .due, day: day, known: nil).filter { $0.key.key != "" }
            #expect(asked.filter { $0.value != 0 } == expected.mapValues(\.ledger).filter { $0.value != 0 })
            #expect(
                try await office.number(
                    """
                    SELECT count(*) FROM ltc.reconciliations AS r WHERE balance_minor <> (
                        SELECT coalesce(sum((i ->> 'minor')::bigint), 0) FROM jsonb_array_elements(r.items) AS i)
                    """) == 0)
            #expect(try await create(office) == 0)
        }
    }

    @Test func `who has no item and did not move in the month is not asked; who moved to zero is`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", of: "C1", due: "2026-03-01", minor: 1_000)
            try await office.receipt("B1", of: "C1", on: "2026-03-20", minor: 1_000)
            try await office.invoice("R2", of: "C2", due: "2026-02-01", minor: 500)
            try await office.invoice("R3", of: "C3", due: "2026-02-01", minor: 700)
            try await office.receipt("B3", of: "C3", on: "2026-02-20", minor: 700)
            #expect(try await create(office) == 2)
            #expect(try await states(office) == ["C1 0 open", "C2 500 open"])
        }
    }

    @Test func `a fact that is recorded late asks again; the first letter is superseded and takes no answer`()
        async throws
    {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 1_000)
            #expect(try await create(office) == 1)
            try await answer(office, "RC-2026-000001", .confirmed)
            try await office.receipt("B1", on: "2026-03-31", minor: 400)
            #expect(try await create(office) == 1)
            #expect(try await states(office) == ["C1 1000 confirmed", "C1 600 open"])
            await #expect { try await answer(office, "RC-2026-000001", .confirmed) } throws: {
                ($0 as? Problem)?.code == "superseded"
            }
            try await answer(office, "RC-2026-000002", .differs(amount: "5.00", note: "one euro was returned"))
            try await answer(office, "RC-2026-000002", .confirmed)
            #expect(try await states(office).last == "C1 600 confirmed")
            #expect(
                try await office.texts(
                    "SELECT answer || coalesce(their_minor::text, '') FROM ltc.reconciliation_answers ORDER BY id")
                    == ["confirmed", "differs500", "confirmed"])
        }
    }

    @Test func `an answer that cannot be is refused`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 1_000)
            _ = try await create(office)
            let number = "RC-2026-000001"
            for (code, body) in [
                ("no_such_reconciliation", { try await answer(office, "RC-9", .confirmed) }),
                ("wrong_day", { try await answer(office, number, .confirmed, on: "2026-03-30") }),
                ("wrong_day", { try await answer(office, number, .confirmed, on: "2026-04-03") }),
                ("no_difference", { try await answer(office, number, .differs(amount: "10.00", note: "-")) }),
                ("invalid_amount", { try await answer(office, number, .differs(amount: "ten", note: "-")) }),
            ] as [(String, () async throws -> Void)] {
                await #expect { try await body() } throws: { ($0 as? Problem)?.code == code }
            }
            await #expect {
                try await office.database.pool.transaction { [march] db in
                    _ = try ReconciliationDesk.create(
                        march, today: march.month.last.adding(days: -1), actor: "test", in: db)
                }
            } throws: { ($0 as? Problem)?.code == "month_not_over" }
            for table in ["reconciliations", "reconciliation_answers", "reconciliation_letters"] {
                await #expect(throws: DatabaseError.self) { try await office.script("DELETE FROM ltc.\(table)") }
            }
        }
    }

    @Test func `letters are printed once, and the same bytes come back whatever changes meanwhile`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 1_000)
            try await office.invoice("R2", of: "C2", due: "2026-03-01", minor: 2_000)
            try await office.script(
                "UPDATE ltc.customers SET address = repeat('long street, ', 40) WHERE number = 'C3'")
            try await office.invoice("R3", of: "C3", due: "2026-03-01", minor: 3_000)
            _ = try await create(office)
            let pool = office.database.pool
            #expect(try await ReconciliationPress.printRest(march, pool: pool).map(\.number) == ["RC-2026-000003"])
            let kept = "SELECT sha256 FROM ltc.reconciliation_letters ORDER BY reconciliation_id"
            let first = try await office.texts(kept)
            #expect(first.count == 2)
            try await office.script("UPDATE ltc.customers SET name = 'Other', address = NULL")
            #expect(try await ReconciliationPress.printRest(march, pool: pool).isEmpty)
            #expect(try await office.texts(kept).prefix(2) == first[...])

            let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-letters-\(UUID().uuidString)")
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
            let package = try await pool.transaction { [march] db in
                try ReconciliationPress.put(march, into: DropFolder(folder), in: db)
            }
            let manifest = try String(contentsOf: package.folder.appending(path: "manifest.sha256"), encoding: .utf8)
            #expect(manifest.hasPrefix("\(first[0])  RC-2026-000001.pdf\n") && package.files.count == 3)
        }
    }
}
