import Delivery
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@testable import Automation

/// Letters that somebody in the house has in hand: what went out is what they had then, whatever the ledger says since.
@Suite struct PapersInHandTests {
    /// R1 owes 4500.00; the letter of 31 March is in hand, and asks for interest and a fee of 5.00 too.
    private static func with(
        paid minor: Int? = nil, _ body: (FinanceOffice) async throws -> Void
    ) async throws {
        try await DunningOutcomeTests.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            if let minor { try await office.receipt("T0", on: "2026-03-20", minor: minor, remittance: "R1") }
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await hand(office, on: "2026-03-31")
            try await body(office)
        }
    }

    private static func hand(_ office: FinanceOffice, on day: String) async throws {
        let now = try FinanceOffice.noon(day)
        try await office.database.pool.transaction { db in
            for id in try db.run(MessagesSQL.Waiting()).map(\.id) {
                let message = try db.one(MessagesSQL.Take(id: id))
                guard message.subjectKind == DunningTask.subjectKind else { continue }
                let verdict = try DeliveryHooks.of(subjectKind: message.subjectKind).gate(message, now, db)
                try #require(verdict == .send)
            }
        }
        try await office.script("UPDATE ltc.messages SET state = 'accepted' WHERE subject_kind = 'dunning-task'")
    }

    private static func confirm(
        _ office: FinanceOffice, on day: String, asOf known: String
    ) async throws -> [DunInvoicesReport.Notice] {
        try await DunningOutcomeTests.decide(office) { notices, db in
            try DunningDesk.confirm(
                notices, on: CalendarDate(day), actor: "fay", asOf: .day(CalendarDate(known)!), in: db)
        }
    }

    private static let notice = "SELECT state || ' ' || coalesce(reason, '-') || ' ' || total_minor FROM ltc.notices"
    private static let charges =
        "SELECT kind || ' ' || amount_minor || ' ' || open_minor FROM ltc.invoices WHERE kind <> 'invoice' ORDER BY kind"

    @Test func `a letter that had gone out before it was paid and cancelled is confirmed all the same`() async throws {
        try await Self.with { office in
            try await office.receipt("T1", on: "2026-04-01", minor: 454_568, remittance: "R1")
            try await office.run(DunInvoices.self, on: "2026-04-02")
            #expect(try await office.texts(Self.notice) == ["cancelled paid 454568"])
            await #expect {
                _ = try await Self.confirm(office, on: "2026-04-02", asOf: "2026-04-02")
            } throws: { ($0 as? Problem)?.code == "nothing_owed" }
            #expect(try await Self.confirm(office, on: "2026-04-01", asOf: "2026-04-02").map(\.state) == ["sent"])
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["sent letter - 2 2026-04-01"])
            #expect(try await office.texts(Self.charges) == ["fee 500 0", "interest 4068 0"])
            #expect(try await office.number("SELECT sum(amount_minor - allocated_minor) FROM ltc.receipts") == 0)
        }
    }

    @Test func `what asks for more since is confirmed as it was in hand`() async throws {
        try await Self.with(paid: 100_000) { office in
            let before = try await office.texts(Self.notice)
            let receipt = try await office.number("SELECT id FROM ltc.receipts")
            _ = try await office.database.pool.transaction { db in
                try ReceiptDesk.reverse(
                    [receipt], reason: "recalled", actor: "fay", at: FinanceOffice.noon("2026-04-01"), in: db)
            }
            try await office.run(DunInvoices.self, on: "2026-04-02")
            #expect(try await office.texts(Self.notice).first?.hasPrefix("proposed higher_than_approved") == true)
            let news = try await office.texts("SELECT body FROM ltc.messages WHERE subject_kind = 'notice-news'")
            #expect(news.count == 1 && news[0].contains("If it has gone out: ltc dunning confirm 1 --on DAY"))
            _ = try await Self.confirm(office, on: "2026-03-31", asOf: "2026-04-02")
            #expect(before == ["approved within_limit 354237"])
            #expect(try await office.texts(Self.notice) == ["sent - 354237"])
            // 4500.00 at 11 % for 19 days, 3500.00 for 11; by the recall it has become more, which the next notice asks for.
            #expect(try await office.texts(Self.charges) == ["fee 500 500", "interest 3737 3737"])
        }
    }

    @Test func `what asks for less since is confirmed as it was in hand, or as it is once that is`() async throws {
        try await Self.with { office in
            try await office.receipt("T1", on: "2026-04-01", minor: 100_000, remittance: "R1")
            try await office.run(DunInvoices.self, on: "2026-04-02")
            #expect(try await office.texts(Self.notice) == ["approved recomputed 354568"])
            try await Self.hand(office, on: "2026-04-02")
            _ = try await Self.confirm(office, on: "2026-04-01", asOf: "2026-04-02")
            #expect(try await office.texts(Self.notice) == ["sent - 454568"])
            let items = "SELECT open_minor FROM ltc.notice_items"
            #expect(try await office.number(items) == 450_000)
        }
        try await Self.with { office in
            try await office.receipt("T1", on: "2026-04-01", minor: 100_000, remittance: "R1")
            try await office.run(DunInvoices.self, on: "2026-04-02")
            try await Self.hand(office, on: "2026-04-02")
            _ = try await Self.confirm(office, on: "2026-04-02", asOf: "2026-04-02")
            #expect(try await office.texts(Self.notice) == ["sent - 354568"])
        }
    }

    @Test func `what nobody had in hand is not confirmed once it is cancelled`() async throws {
        try await DunningOutcomeTests.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await office.receipt("T1", on: "2026-04-01", minor: 450_000, remittance: "R1")
            try await office.run(DunInvoices.self, on: "2026-04-02")
            await #expect {
                _ = try await Self.confirm(office, on: "2026-03-31", asOf: "2026-04-02")
            } throws: { ($0 as? Problem)?.code == "wrong_state" }
        }
    }

    @Test func `an approved letter is taken back as long as it has not gone out`() async throws {
        try await Self.with { office in
            let rejected = try await DunningOutcomeTests.decide(office) { notices, db in
                try DunningDesk.reject(
                    notices, reason: "goodwill", actor: "fay", at: FinanceOffice.noon("2026-04-01"), in: db)
            }
            #expect(rejected.map(\.state) == ["rejected"])
            let news = try await office.texts("SELECT body FROM ltc.messages WHERE subject_kind = 'notice-news'")
            #expect(news.count == 1 && news[0].contains("leave it. (goodwill)"))
            #expect(try await office.run(DunInvoices.self, on: "2026-04-01").notices.isEmpty)
            #expect(try await office.run(DunInvoices.self, on: "2026-04-02").notices.map(\.total.minor) == [454_840])
        }
    }

    @Test func `a letter is not confirmed for a day before which a draft had paid all`() async throws {
        try await Self.with { office in
            try await office.draft("D1", on: "2026-03-31", minor: 450_000, matures: "2026-04-01", remittance: "R1")
            await #expect {
                _ = try await Self.confirm(office, on: "2026-04-02", asOf: "2026-04-02")
            } throws: { ($0 as? Problem)?.code == "nothing_owed" }
            #expect(try await Self.confirm(office, on: "2026-04-01", asOf: "2026-04-02").map(\.state) == ["sent"])
        }
    }

    @Test func `who answers done about a letter that is paid since is told how to say when it went out`() async throws {
        try await Self.with { office in
            try await office.receipt("T1", on: "2026-04-01", minor: 454_568, remittance: "R1")
            try await office.run(DunInvoices.self, on: "2026-04-02")
            let replies = try ReplyAddress(
                MailAddress("ltc@company.example"), secret: Secret("0123456789abcdef0123456789abcdef"))
            let task = "FROM ltc.messages WHERE subject_kind = 'dunning-task' ORDER BY id LIMIT 1"
            let sender = try #require(try await office.texts("SELECT recipient \(task)").first)
            let message = try await office.number("SELECT id \(task)")
            let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-maildir-\(UUID().uuidString)")
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
            try FileManager.default.createDirectory(
                at: folder.appending(path: "new"), withIntermediateDirectories: true)
            let mail = try "From: \(sender)\nTo: \(replies.address(of: message))\nSubject: Re: x\n\ndone\n"
            try Data(mail.utf8).write(to: folder.appending(path: "new/1"))
            let inbox = MailInbox(folder, replies: replies, pool: office.database.pool, logger: TestDatabase.logger)
            _ = try await inbox.look(at: FinanceOffice.noon("2026-04-02"))
            #expect(
                try await office.texts("SELECT command || ' ' || outcome FROM ltc.message_echoes")
                    == ["done nothing_owed"])
            let answer = try await office.texts("SELECT body FROM ltc.messages WHERE kind = 'answer'")
            #expect(answer.count == 1 && answer[0].contains("ltc dunning confirm 1 --on DAY"))
        }
    }

    @Test func `of two papers of an account one reaches the customer, and charges once`() async throws {
        try await Self.with { office in
            func reject(_ notice: Int, on day: String) async throws {
                _ = try await office.database.pool.transaction { db in
                    try DunningDesk.reject([notice], reason: "x", actor: "fay", at: FinanceOffice.noon(day), in: db)
                }
            }
            func confirm(_ notice: Int, on day: String) async throws -> [DunInvoicesReport.Notice] {
                try await office.database.pool.transaction { db in
                    try DunningDesk.confirm(
                        [notice], on: CalendarDate(day), actor: "fay", asOf: .day(CalendarDate("2026-04-02")!), in: db)
                }
            }
            try await reject(1, on: "2026-03-31")
            try await office.run(DunInvoices.self, on: "2026-04-01")
            try await Self.hand(office, on: "2026-04-01")
            try await reject(2, on: "2026-04-01")
            #expect(try await confirm(1, on: "2026-03-31").map(\.state) == ["sent"])
            await #expect {
                _ = try await confirm(2, on: "2026-04-01")
            } throws: { ($0 as? Problem)?.code == "superseded" }
            #expect(try await office.texts(Self.charges) == ["fee 500 500", "interest 4068 4068"])
        }
    }

    @Test(arguments: [false, true])
    func `what came back is not in hand any more, and a rejection stays one`(isRejected: Bool) async throws {
        try await Self.with { office in
            if isRejected {
                _ = try await DunningOutcomeTests.decide(office) { notices, db in
                    try DunningDesk.reject(
                        notices, reason: "x", actor: "fay", at: FinanceOffice.noon("2026-03-31"), in: db)
                }
            }
            _ = try await Self.confirm(office, on: "2026-03-31", asOf: "2026-04-01")
            _ = try await DunningOutcomeTests.decide(office) { notices, db in
                try DunningDesk.returned(
                    notices, reason: "returned", actor: "fay", at: FinanceOffice.noon("2026-04-02"), in: db)
            }
            let state = try await office.texts("SELECT state || ' ' || channel FROM ltc.notices")
            #expect(state == [isRejected ? "rejected letter" : "approved legal"])
            await #expect {
                _ = try await Self.confirm(office, on: "2026-03-31", asOf: "2026-04-03")
            } throws: { ($0 as? Problem)?.code == "date_out_of_range" }
            #expect(
                try await office.number("SELECT coalesce(sum(open_minor), 0) FROM ltc.invoices WHERE kind <> 'invoice'")
                    == 0)
        }
    }

}
