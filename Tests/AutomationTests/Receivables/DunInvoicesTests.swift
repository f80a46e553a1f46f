import Automation
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct DunInvoicesTests {
    @Test func `a notice goes to each customer with all that is overdue`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.invoice("R2", due: "2026-03-20", minor: 100_000)
            try await office.invoice("R3", due: "2026-03-29")
            try await office.invoice("R4", of: "C2", due: "2026-03-20")
            let report = try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(report.notices.map(\.customer) == ["C1", "C2"])
            #expect(report.notices[0].invoices.map(\.number) == ["R1", "R2"])
            #expect(report.notices[0].invoices.map(\.level) == [2, 1])
            #expect(report.skipped.map(\.invoice) == ["R3"])
            #expect(report.skipped.map(\.reason) == [.withinGrace])
            // 4,500.00 at 11 % for 30 days.
            #expect(report.notices[0].interest.amount == "40.68")
            #expect(report.notices[0].total.amount == "5545.68")
            #expect(report.notices[0].state == "approved")
            let letter = try await office.drafts(of: "notice")
            #expect(letter.count == 2)
            #expect(letter[0].contains("R1: 4,500.00 × 11 % × 30 / 365 = 40.684932, rounded 40.68"))
            #expect(letter[0].contains("Please pay by: 2026-04-07") && letter[0].contains("§ 288 BGB"))
            #expect(letter[0].contains("DE89370400440532013000") && letter[0].contains("DN-2026-000001"))
            #expect(letter[1].contains("付款提醒"))
            #expect(try await office.number("SELECT count(*) FROM ltc.invoices WHERE dunning_level > 1") == 0)
        }
    }

    @Test func `the same day again gives nothing new, sent or not`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            let tables = "SELECT count(*) FROM (SELECT id FROM ltc.notices UNION ALL SELECT id FROM ltc.messages) AS t"
            #expect(try await office.run(DunInvoices.self, on: "2026-03-31").notices.count == 1)
            let before = try await office.number(tables)
            let again = try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(again.notices.isEmpty && again.skipped.map(\.reason) == [.noticeExists])
            #expect(try await office.send() == [.send])
            #expect(try await office.run(DunInvoices.self, on: "2026-03-31").notices.isEmpty)
            #expect(try await office.number(tables) == before)
        }
    }

    @Test func `a preview says what the run does, and leaves nothing`() async throws {
        try await FinanceOffice.with { office in
            for index in 1...5 {
                try await office.invoice("R\(index)", of: "C\(index % 3 + 1)", due: "2026-03-\(10 + index)")
            }
            let preview = try await office.run(DunInvoices.self, on: "2026-03-31", isPreview: true)
            let left = "SELECT (SELECT count(*) FROM ltc.notices) + (SELECT count(*) FROM ltc.messages)"
            #expect(try await office.number(left + " + (SELECT count(*) FROM ltc.events)") == 0)
            let run = try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(preview.counts == run.counts)
            #expect(preview.notices.map(\.total) == run.notices.map(\.total))
            #expect(preview.notices.map(\.state) == run.notices.map(\.state))
            // The preview drew no legal number.
            #expect(run.notices.compactMap(\.number) == (1...3).map { "DN-2026-00000\($0)" })
        }
    }

    @Test func `a level is reached when its letter was accepted, and the next one a level higher`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-01")
            let level = "SELECT dunning_level FROM ltc.invoices WHERE kind = 'invoice'"
            var levels: [Int] = []
            for day in ["2026-03-02", "2026-03-03", "2026-03-09", "2026-03-16", "2026-03-23"] {
                try await office.run(DunInvoices.self, on: day)
                levels.append(try await office.number(level))
                _ = try await office.send()
            }
            #expect(levels == [0, 1, 1, 2, 3])
            #expect(try await office.number("SELECT count(*) FROM ltc.notices WHERE state = 'sent'") == 3)
            let reached = try await office.texts(
                "SELECT from_state || '>' || to_state FROM ltc.events WHERE kind = 'level_reached' ORDER BY id")
            #expect(reached == ["0>1", "1>2", "2>3"])
        }
    }

    @Test(arguments: [DeliveryHooks.Fate.failed, .uncertain, .held])
    func `a letter that was not accepted reaches no level`(fate: DeliveryHooks.Fate) async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send(fate)
            #expect(try await office.texts("SELECT state FROM ltc.notices") == [fate.rawValue])
            #expect(try await office.number("SELECT dunning_level FROM ltc.invoices") == 0)
        }
    }

    @Test func `finance telephones a customer without an address, and the notice says why`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", of: "C3", due: "2026-03-01")
            let report = try await office.run(DunInvoices.self, on: "2026-03-30")
            #expect(report.notices.map(\.state) == ["approved"] && report.notices.map(\.channel) == ["call"])
            #expect(report.notices.map(\.channelReason) == ["no_address"])
            #expect(
                try await office.texts("SELECT recipient FROM ltc.messages WHERE subject_kind = 'dunning-task'")
                    == ["fay@example.invalid"])
            let tasks = try await office.drafts(of: "dunning-task")
            #expect(tasks.count == 1 && tasks[0].hasPrefix("Telephone the customer: C3"))
            #expect(tasks[0].contains("ltc dunning confirm DN-2026-000001"))
            #expect(try await office.send().isEmpty)
        }
    }

    @Test func `what is above the limit waits for a person, whose approval draws the number`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-20", minor: 1_000_001)
            let report = try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(report.notices.map(\.state) == ["proposed"] && report.notices.map(\.reason) == ["above_limit"])
            #expect(try await office.send().isEmpty)
            #expect(try await office.run(DunInvoices.self, on: "2026-04-07").skipped.map(\.reason) == [.noticeWaiting])
            let later = try Date("2026-04-08T10:00:00Z", strategy: .iso8601)
            let approved = try await office.database.pool.transaction { db in
                try DunningDesk.approve(DunningDesk.find([], in: db), actor: "fay", at: later, in: db)
            }
            #expect(approved.map(\.number) == ["DN-2026-000001"])
            // A week from the approval, not from the run.
            #expect(try approved.map(\.payBy) == [#require(CalendarDate("2026-04-15"))])
            #expect(try await office.send() == [.send])
            await #expect {
                try await office.database.pool.transaction { db in
                    try DunningDesk.approve(
                        DunningDesk.find(["DN-2026-000001"], in: db), actor: "fay", at: .now, in: db)
                }
            } throws: { ($0 as? Problem)?.code == "wrong_state" }
        }
    }

    @Test func `a rejection holds until the next day's run`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-20", minor: 1_000_001)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await office.database.pool.transaction { db in
                _ = try DunningDesk.reject(
                    DunningDesk.find([], in: db), reason: "wrong_goods", actor: "fay", at: .now, in: db)
            }
            #expect(try await office.run(DunInvoices.self, on: "2026-03-31").skipped.map(\.reason) == [.noticeExists])
            #expect(try await office.run(DunInvoices.self, on: "2026-04-01").notices.map(\.state) == ["proposed"])
        }
    }

    @Test func `nothing is proposed again on the day on which somebody said no`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 1_000_001)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await office.database.pool.transaction { db in
                _ = try DunningDesk.reject(
                    [1], reason: nil, actor: "fay", at: FinanceOffice.noon("2026-04-02"), in: db)
            }
            #expect(try await office.run(DunInvoices.self, on: "2026-04-02").notices.isEmpty)
            let told = try await office.database.pool.transaction { db in
                try ExplainInvoice.explain(
                    "R1", asOf: .day(CalendarDate("2026-04-02")!), knownAt: nil, now: FinanceOffice.noon("2026-04-02"),
                    in: db)
            }
            #expect(told.decision.reason == .noticeExists)
            #expect(try await office.run(DunInvoices.self, on: "2026-04-03").notices.count == 1)
        }
    }

    @Test(arguments: [true, false])
    func `the last notice of another ledger counts, also when its invoice was paid since or is not due yet`(
        isPaid: Bool
    ) async throws {
        try await FinanceOffice.with { office in
            try await office.invoice(
                "R1", due: isPaid ? "2026-02-01" : "2026-04-20", level: 1, noticed: "2026-03-25")
            try await office.invoice("R2", due: "2026-03-01")
            if isPaid { try await office.receipt("B1", on: "2026-03-28", minor: 450_000, remittance: "R1") }
            #expect(try await office.run(DunInvoices.self, on: "2026-03-31").notices.isEmpty)
            let told = try await office.database.pool.transaction { db in
                try ExplainInvoice.explain(
                    "R2", asOf: .day(CalendarDate("2026-03-31")!), knownAt: nil, now: FinanceOffice.noon("2026-03-31"),
                    in: db)
            }
            #expect(told.decision.reason == .intervalNotOver)
            #expect(try await office.run(DunInvoices.self, on: "2026-04-04").notices.count == 1)
        }
    }

    @Test func `the switch holds the run, and finance hears why`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.script("INSERT INTO ltc.switches (name, is_on) VALUES ('dunning', false)")
            #expect(try await office.run(DunInvoices.self, on: "2026-03-31").notices.isEmpty)
            #expect(try await office.texts("SELECT state || ' ' || reason FROM ltc.runs") == ["held dunning_is_off"])
            let digest = try await office.texts("SELECT body FROM ltc.messages WHERE kind = 'digest'")
            #expect(digest.count == 1 && digest[0].contains("dunning_is_off"))
        }
    }
}
