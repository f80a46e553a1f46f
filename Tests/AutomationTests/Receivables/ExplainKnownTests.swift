import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// An explanation of what was known at an instant is the one that was given then.
@Suite struct ExplainKnownTests {
    static func explain(_ office: FinanceOffice, on day: String, known: Date?) async throws -> InvoiceExplanation {
        let when = AsOf.day(try #require(CalendarDate(day)))
        return try await office.database.pool.transaction { db in
            try ExplainInvoice.explain("R1", asOf: when, knownAt: known, now: Date(), in: db)
        }
    }

    /// The database's clock, since what is recorded is recorded by it.
    static func now(_ office: FinanceOffice) async throws -> Date {
        let seconds = try await office.texts("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text")
        return Date(timeIntervalSince1970: (Double(seconds[0]) ?? 0) / 1_000_000)
    }

    @Test func `an invoice that was not known yet, or not issued, is not called paid`() async throws {
        try await FinanceOffice.with { office in
            let before = try await Self.now(office)
            try await office.invoice("R1", due: "2026-01-31")
            await #expect {
                try await Self.explain(office, on: "2026-02-10", known: before)
            } throws: { ($0 as? Problem)?.code == "not_known_then" }
            #expect(try await Self.explain(office, on: "2025-12-31", known: nil).decision.reason == .notDue)
        }
    }

    @Test func `what was known of an interval stays so, though the invoice is paid by now`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1, noticed: "2026-03-10")
            let known = try await Self.now(office)
            let before = try await Self.explain(office, on: "2026-03-31", known: known)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            try await office.receipt("B1", on: "2026-04-01", minor: 450_000, remittance: "R1")
            let after = try await Self.explain(office, on: "2026-03-31", known: known)
            #expect(before.decision.level == 2)
            #expect(after.decision.level == 2 && after.decision.reason == nil && after.next == nil)
        }
    }

    @Test func `an explanation says what is missing for the next level, and how much interest was posted too much`()
        async throws
    {
        var company = try FinanceOffice.company()
        company.dunning.procedures[0].levels[0].minimums = [Money(minor: 5_000, currency: Currency("EUR")!)]
        company.dunning.procedures[0].levels[0].minimumPercent = 20
        try await FinanceOffice.with(company) { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 4_000)
            try await office.invoice("R2", due: "2026-04-20", minor: 36_000)
            let short = try #require(try await Self.explain(office, on: "2026-03-31", known: nil).shortfall)
            #expect((short.level, short.amount.minor, short.minimum.minor) == (1, 4_000, 5_000))
            #expect((short.minimumPercent, short.account.minor) == (20, 40_000))
        }
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            // 4,500.00 at 11 % for 5 days and 10.00 for 35 are 6.89; 40.68 were posted.
            try await office.receipt("B1", on: "2026-03-06", minor: 449_000, remittance: "R1")
            let open = try await Self.explain(office, on: "2026-04-10", known: nil)
            #expect(open.open.minor == 1000 && open.decision.interestExcess.minor == 4_068 - 689)
            try await office.receipt("B2", on: "2026-03-06", minor: 1_000, remittance: "R1")
            let paid = try await Self.explain(office, on: "2026-04-10", known: nil)
            #expect(paid.decision.reason == .paid && paid.open.minor == 0)
            // It was closed with it, but for the interest of five days.
            #expect(paid.decision.interestExcess.minor == 0)
            #expect(paid.charges.filter { $0.kind == .interest }.map(\.open.minor) == [678])
        }
    }

    @Test func `whose money it was, what a notice said and what a rate was are told as they were known`() async throws {
        var company = try FinanceOffice.company()
        company.dunning.approvalAbove = [Money(minor: 100, currency: Currency("EUR")!)]
        try await FinanceOffice.with(company) { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 10_000)
            try await office.receipt("B1", on: "2026-03-02", minor: 15_000, isAllocated: false)
            let covered = try await Self.now(office)
            #expect(try await Self.explain(office, on: "2026-03-31", known: covered).decision.reason == .creditCovers)
            // As a release does.
            try await office.script("UPDATE ltc.receipts SET customer_id = NULL, waiting = 'released'")
            #expect(try await Self.explain(office, on: "2026-03-31", known: nil).decision.reason == nil)
            #expect(try await Self.explain(office, on: "2026-03-31", known: covered).decision.reason == .creditCovers)

            try await office.run(DunInvoices.self, on: "2026-03-31")
            let proposed = try await Self.now(office)
            try await office.receipt("B2", on: "2026-04-01", minor: 4_000, remittance: "R1")
            try await office.run(DunInvoices.self, on: "2026-04-01")
            let (then, now) = (
                try await Self.explain(office, on: "2026-04-01", known: proposed).notices,
                try await Self.explain(office, on: "2026-04-01", known: nil).notices
            )
            #expect(then.map(\.open.minor) == [10_000] && then.map(\.reason) == ["above_limit"])
            #expect(now.map(\.open.minor) == [6_000] && now.map(\.reason) == ["recomputed"])

            func rates(_ known: Date?) async throws -> String {
                try await office.database.pool.transaction { db in "\(try RateStore.table(knownAt: known, in: db))" }
            }
            try await office.script(
                "INSERT INTO ltc.reference_rates (code, valid_from, percent, source) VALUES ('base', '2026-01-01', 4, 'S1')"
            )
            let (first, before) = (try await Self.now(office), try await rates(nil))
            try await office.script("UPDATE ltc.reference_rates SET percent = 5, source = 'S2', recorded_at = now()")
            #expect(try await rates(first) == before)
            #expect(try await rates(nil) != before)
        }
    }

    @Test func `what was decided on a day is told the same when more is known`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-01", minor: 10_000)
            typealias Answer = (
                day: String, known: Date, level: Int?, reason: DunningReason?, reached: Int, open: Int,
                notices: [String]
            )
            var asked: [Answer] = []
            func ask(_ day: String) async throws {
                let answer = try await Self.explain(office, on: day, known: nil)
                asked.append(
                    (
                        day, try await Self.now(office), answer.decision.level, answer.decision.reason, answer.level,
                        answer.open.minor, answer.notices.map(\.state)
                    ))
            }
            try await ask("2026-03-02")
            try await office.run(DunInvoices.self, on: "2026-03-02")
            try await ask("2026-03-02")
            _ = try await office.send()
            try await ask("2026-03-05")
            try await ask("2026-03-10")
            try await office.receipt("B1", on: "2026-03-11", minor: 4_000, remittance: "R1")
            try await ask("2026-03-11")
            try await DunningObstacleDeskTests.say(office, on: "2026-03-12") { when, db in
                try DunningObstacleDesk.hold(
                    .invoice("R1"), until: nil, reason: "talks", actor: "fay", asOf: when, in: db)
            }
            try await ask("2026-03-12")
            // What comes back and is accepted on another day was accepted on the first one, as it was known before.
            try await office.script(
                "UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'; UPDATE ltc.dunning_holds SET released_at = now(), released_by = 'fay'"
            )
            let sent = try await office.number("SELECT id FROM ltc.notices WHERE state = 'sent'")
            let later = try Date("2026-03-20T10:00:00Z", strategy: .iso8601)
            try await office.database.pool.transaction { db in
                _ = try DunningDesk.returned([sent], reason: "returned", actor: "fay", at: later, in: db)
                _ = try DunningDesk.confirm([sent], on: nil, actor: "fay", asOf: .instant(later), in: db)
            }
            let kept = try await office.texts("SELECT accepted_on::text FROM ltc.notices ORDER BY id")
            #expect(kept == ["2026-03-20"])
            // What the customer's row says by now was not so then.
            try await office.script("UPDATE ltc.customers SET procedure = 'nowhere'")
            #expect(asked.map(\.reason) == [nil, .noticeExists, .intervalNotOver, nil, nil, .onHold])
            #expect(asked.map(\.reached) == [0, 0, 1, 1, 1, 1])
            #expect(asked.map(\.open) == [10_000, 10_000, 10_000, 10_000, 6_000, 6_000])
            for then in asked {
                let answer = try await Self.explain(office, on: then.day, known: then.known)
                #expect(answer.decision.level == then.level && answer.decision.reason == then.reason)
                #expect(answer.level == then.reached && answer.open.minor == then.open)
                #expect(answer.notices.map(\.state) == then.notices)
            }
        }
    }
}
