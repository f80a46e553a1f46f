import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@Suite struct WriteOffTests {
    private static let today = AsOf.day(CalendarDate("2026-05-01")!)

    private static func withOffice(_ body: (FinanceOffice) async throws -> Void) async throws {
        var company = try FinanceOffice.company()
        var ledger = LedgerPolicy()
        ledger.writeOffAbove = [Money(minor: 5_000, currency: Currency("EUR")!)]
        company.ledger = ledger
        try await FinanceOffice.with(company) { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 10_000, level: 2)
            try await body(office)
        }
    }

    private func propose(
        _ office: FinanceOffice, _ number: String = "R1", _ amount: String? = nil, on day: String? = nil
    ) async throws -> WriteOff {
        try await office.database.pool.transaction { db in
            try WriteOffDesk.propose(
                number, amount: amount, reason: "insolvency", on: day.flatMap { CalendarDate($0) }, actor: "fay",
                asOf: Self.today, in: db)
        }
    }

    private func open(_ office: FinanceOffice) async throws -> Int {
        try await office.number("SELECT open_minor FROM ltc.invoices WHERE number = 'R1'")
    }

    @Test func `up to the limit it is done at once, and counts from its day on`() async throws {
        try await Self.withOffice { office in
            #expect(try await propose(office, "R1", "50.00", on: "2026-04-15").state == "approved")
            #expect(try await open(office) == 5_000)
            for (day, owed) in [("2026-04-14", 10_000), ("2026-04-15", 5_000)] {
                let ageing = try await office.database.pool.transaction { db in
                    try AgeingStore.ageing(team: nil, on: CalendarDate(day)!, in: db)
                }
                #expect(ageing.first?.owedMinor == owed)
            }
            // The limit is not passed in steps.
            #expect(try await propose(office, "R1", "0.01").state == "proposed")
        }
    }

    @Test func `above the limit somebody else approves, and who proposed it does not`() async throws {
        try await Self.withOffice { office in
            #expect(try await propose(office).state == "proposed")
            #expect(try await open(office) == 10_000)
            let approve = { (actor: String) in
                try await office.database.pool.transaction { db in
                    try WriteOffDesk.approve("R1", actor: actor, asOf: Self.today, in: db)
                }
            }
            await #expect { try await approve("fay") } throws: { ($0 as? Problem)?.code == "own_proposal" }
            await #expect { try await propose(office) } throws: { ($0 as? Problem)?.code == "write_off_waits" }
            #expect(try await approve("max").decidedBy == "max")
            #expect(try await open(office) == 0)
            await #expect { try await approve("max") } throws: { ($0 as? Problem)?.code == "nothing_waits" }
            let told = try await office.database.pool.transaction { db in
                try ExplainInvoice.explain("R1", asOf: Self.today, now: Date(), in: db)
            }
            #expect(told.payments.map(\.reason) == ["write_off"])
            #expect(told.writeOffs.map(\.state) == ["approved"])
        }
    }

    @Test func `what was paid meanwhile is not written off as well`() async throws {
        try await Self.withOffice { office in
            _ = try await propose(office)
            try await office.receipt("B1", on: "2026-04-20", minor: 4_000)
            await #expect {
                try await office.database.pool.transaction { db in
                    try WriteOffDesk.approve("R1", actor: "max", asOf: Self.today, in: db)
                }
            } throws: {
                ($0 as? Problem)?.code == "less_is_open"
            }
            let rejected = try await office.database.pool.transaction { db in
                try WriteOffDesk.reject("R1", reason: "paid", actor: "max", asOf: Self.today, in: db)
            }
            #expect(rejected.state == "rejected")
            #expect(try await propose(office).amount.minor == 6_000)
        }
    }

    @Test func `taken back, it is owed again at its old level`() async throws {
        try await Self.withOffice { office in
            _ = try await propose(office, "R1", "50.00", on: "2026-04-15")
            let reversed = try await office.database.pool.transaction { db in
                try WriteOffDesk.reverse("R1", reason: "found_money", on: nil, actor: "fay", asOf: Self.today, in: db)
            }
            #expect(reversed.map(\.state) == ["reversed"])
            #expect(
                try await office.texts("SELECT open_minor || ' ' || dunning_level FROM ltc.invoices") == ["10000 2"])
            #expect(
                try await office.texts("SELECT reason || amount_minor FROM ltc.allocations ORDER BY id") == [
                    "write_off5000", "write_off-5000",
                ])
        }
    }

    @Test(arguments: [
        ("R9", "1", nil, "no_such_invoice"), ("R1", "100.01", nil, "too_much"), ("R1", "x", nil, "invalid_amount"),
        ("R1", "1", "2026-05-02", "wrong_day"), ("R1", "1", "2026-01-01", "wrong_day"),
        ("C9", "1", nil, "not_an_invoice"),
    ])
    func `a wrong one is refused`(number: String, amount: String, day: String?, code: String) async throws {
        try await Self.withOffice { office in
            try await office.invoice("C9", due: "2026-03-01", minor: 10_000, kind: "credit-note")
            await #expect { try await propose(office, number, amount, on: day) } throws: {
                ($0 as? Problem)?.code == code
            }
        }
    }
}
