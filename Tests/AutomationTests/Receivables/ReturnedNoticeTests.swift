import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// Letters and mails that come back, never arrive, or arrive after all.
@Suite struct ReturnedNoticeTests {
    @Test func `a mail that did arrive counts from when it went out`() async throws {
        try await DunningOutcomeTests.with { office in
            try await office.invoice("R1", due: "2026-03-20")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send(.uncertain)
            let told = try await office.texts("SELECT body FROM ltc.messages WHERE subject_kind = 'notice-stuck'")
            #expect(
                told.count == 1 && told[0].contains("Nobody knows whether") && told[0].contains("ltc message resolve"))
            try await office.database.pool.transaction { db in
                let id = try #require(
                    try db.run(MessagesSQL.AboutSubject(subjectKind: "notice", subject: 1)).map(\.id).first)
                try MessageDesk.resolve(id, .arrived, at: DunningOutcomeTests.now(), in: db)
            }
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["sent mail - 1 2026-03-31"])
        }
    }

    @Test func `a mail that did arrive after all charges nothing for a notice that was reversed`() async throws {
        try await DunningOutcomeTests.with { office in
            try await office.invoice("R1", due: "2026-03-20")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send(.uncertain)
            try await office.database.pool.transaction { db in
                _ = try DunningDesk.reverse(
                    [1], reason: "never_arrived", actor: "fay", at: DunningOutcomeTests.now(), in: db)
            }
            for resolution in [MessageDesk.Resolution.arrived, .failed] {
                try await office.script("UPDATE ltc.messages SET state = 'uncertain' WHERE subject_kind = 'notice'")
                try await office.database.pool.transaction { db in
                    let id = try #require(
                        try db.run(MessagesSQL.AboutSubject(subjectKind: "notice", subject: 1)).map(\.id).first)
                    try MessageDesk.resolve(id, resolution, at: DunningOutcomeTests.now(), in: db)
                }
                #expect(try await office.texts("SELECT state FROM ltc.notices") == ["reversed"])
                #expect(try await office.number("SELECT dunning_level FROM ltc.invoices WHERE kind = 'invoice'") == 0)
            }
            #expect(try await office.number("SELECT count(*) FROM ltc.invoices WHERE kind <> 'invoice'") == 0)
        }
    }

    @Test(arguments: [
        ("no_such_address", "approved letter no_such_address 0 -"), ("too_large", "approved letter too_large 0 -"),
        ("refused", "failed mail - 0 -"),
    ])
    func `a mail that can never arrive takes the next channel, any other waits for a person`(
        reason: String, then: String
    ) async throws {
        try await DunningOutcomeTests.with { office in
            try await office.invoice("R1", due: "2026-03-20")
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(try await office.send(.failed, reason: reason) == [.send])
            #expect(try await office.texts(DunningOutcomeTests.standing) == [then])
            guard reason == "refused" else { return }
            #expect(try await office.run(DunInvoices.self, on: "2026-04-01").skipped.map(\.reason) == [.noticeWaiting])
            let explained = try await office.database.pool.transaction { db in
                try ExplainInvoice.explain(
                    "R1", asOf: .instant(DunningOutcomeTests.now()), now: DunningOutcomeTests.now(), in: db)
            }
            #expect(explained.decision.reason == .noticeWaiting && explained.waiting?.state == "failed")
            _ = try await DunningOutcomeTests.decide(office) { notices, db in
                try DunningDesk.returned(
                    notices, reason: "returned", actor: "fay", at: DunningOutcomeTests.now(), in: db)
            }
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["approved letter returned 0 -"])
        }
    }

    @Test(arguments: ["2026-03-30", "2026-04-03"])
    func `a letter cannot have gone out before its run or in the future`(on: String) async throws {
        try await DunningOutcomeTests.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            await #expect {
                try await DunningOutcomeTests.decide(office) { notices, db in
                    try DunningDesk.confirm(
                        notices, on: CalendarDate(on), actor: "fay", asOf: .instant(DunningOutcomeTests.now()), in: db)
                }
            } throws: { ($0 as? Problem)?.place == "--on" }
        }
    }

    @Test func `a bounce withdraws the level and tries the next channel`() async throws {
        try await DunningOutcomeTests.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(try await office.send() == [.send])
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["sent mail - 1 2026-03-31"])
            _ = try await DunningOutcomeTests.decide(office) { notices, db in
                try DunningDesk.returned(
                    notices, reason: "bounced", actor: "ltcd", at: DunningOutcomeTests.now(), in: db)
            }
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["approved letter bounced 0 -"])
            let tasks = "SELECT subject FROM ltc.messages WHERE subject_kind = 'dunning-task'"
            #expect(try await office.texts(tasks).map { $0.hasPrefix("Post this letter") } == [true])
            #expect(
                try await office.texts("SELECT reason FROM ltc.events WHERE kind = 'level_withdrawn'") == ["bounced"])
        }
    }

    @Test func `what came back asks for what is open by now, and its mail is not sent again`() async throws {
        try await DunningOutcomeTests.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send(.bounced)
            _ = try await office.send()
            try await office.receipt("T1", on: "2026-04-01", minor: 100_000, remittance: "R1")
            try await office.script("UPDATE ltc.notices SET state = 'sent'")
            let returned = try await DunningOutcomeTests.decide(office) { notices, db in
                try DunningDesk.returned(
                    notices, reason: "returned", actor: "fay", at: DunningOutcomeTests.now(), in: db)
            }
            #expect(returned.map(\.total.amount) == ["3500.00"] && returned.map(\.state) == ["approved"])
            let task = try #require(try await office.drafts(of: "dunning-task").last)
            #expect(task.contains("3500.00 EUR") && !task.contains("4500.00"), "\(task)")
            await #expect {
                try await office.database.pool.transaction { db in
                    let mail = try db.run(MessagesSQL.List(kind: "dunning-notice", maximum: 1))[0]
                    try db.execute(MessagesSQL.Settle(id: mail.id, state: "bounced", reason: nil, answer: nil))
                    try MessageDesk.retry(mail.id, in: db)
                }
            } throws: { ($0 as? Problem)?.code == "goes_another_way" }
        }
    }

    @Test func `what costs more by now is proposed again when it comes back`() async throws {
        try await DunningOutcomeTests.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.receipt("T1", on: "2026-03-15", minor: 100_000, remittance: "R1")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            let receipt = try await office.number("SELECT id FROM ltc.receipts")
            _ = try await office.database.pool.transaction { db in
                try ReceiptDesk.reverse(
                    [receipt], reason: "bounced", actor: "fay", at: FinanceOffice.noon("2026-04-02"), in: db)
            }
            let returned = try await DunningOutcomeTests.decide(office) { notices, db in
                try DunningDesk.returned(
                    notices, reason: "returned", actor: "fay", at: DunningOutcomeTests.now(), in: db)
            }
            #expect(returned.map(\.state) == ["proposed"])
            #expect(
                try await office.number("SELECT count(*) FROM ltc.messages WHERE subject_kind = 'dunning-task'") == 0)
        }
    }
}
