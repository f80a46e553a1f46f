import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// What becomes of a notice after its approval.
@Suite struct DunningOutcomeTests {
    /// The office whose first level goes by mail, then by letter.
    static func with(
        lastLevelBy channel: DunningChannel? = nil, _ body: (FinanceOffice) async throws -> Void
    ) async throws {
        var company = try FinanceOffice.company()
        if let channel { company.dunning.procedures[0].levels[2].channels = [channel] }
        company.dunning.procedures[0].levels[0].channels = [.mail, .letter]
        company.dunning.procedures[0].levels[1].channels = [.letter, .legal]
        try await FinanceOffice.with(company, body)
    }

    static func decide(
        _ office: FinanceOffice, _ body: @Sendable ([Int], isolated Connection) throws -> [DunInvoicesReport.Notice]
    ) async throws -> [DunInvoicesReport.Notice] {
        try await office.database.pool.transaction { db in
            try body(DunningDesk.find(["DN-2026-000001"], in: db), db)
        }
    }

    static func now() throws -> Date { try Date("2026-04-02T10:00:00Z", strategy: .iso8601) }

    static let standing = """
        SELECT n.state || ' ' || n.channel || ' ' || coalesce(n.channel_reason, '-') || ' ' || i.dunning_level || ' '
            || coalesce(i.last_notice_on::text, '-')
        FROM ltc.notices AS n, ltc.invoices AS i WHERE i.kind = 'invoice'
        """

    @Test func `a letter reaches its level on the day on which a person says that it was posted`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1, noticed: "2026-03-10")
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            #expect(try await office.run(DunInvoices.self, on: "2026-03-31").notices.map(\.channel) == ["letter"])
            #expect(try await office.send().isEmpty)
            #expect(try await office.texts(Self.standing) == ["approved letter - 1 2026-03-10"])
            let posted = try #require(CalendarDate("2026-04-02"))
            let confirmed = try await Self.decide(office) { notices, db in
                try DunningDesk.confirm(notices, on: posted, actor: "fay", asOf: .day(posted), in: db)
            }
            #expect(confirmed.map(\.state) == ["sent"])
            #expect(try await office.texts(Self.standing) == ["sent letter - 2 2026-04-02"])
            await #expect {
                try await Self.decide(office) { notices, db in
                    try DunningDesk.confirm(notices, on: posted, actor: "fay", asOf: .day(posted), in: db)
                }
            } throws: { ($0 as? Problem)?.code == "wrong_state" }
        }
    }

    @Test func `who paid a letter with its charges before it was confirmed owes nothing of it`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            // The fee of 5.00, interest of 40.68, and 0.10 too much.
            try await office.receipt("T0", on: "2026-03-30", minor: 20, isAllocated: false)
            try await office.receipt("T1", on: "2026-04-01", minor: 454_578, remittance: "R1")
            let (posted, known) = (CalendarDate("2026-04-01")!, CalendarDate("2026-04-02")!)
            await #expect {
                try await Self.decide(office) { notices, db in
                    try DunningDesk.confirm(notices, on: known, actor: "fay", asOf: .day(known), in: db)
                }
            } throws: { ($0 as? Problem)?.code == "nothing_owed" }
            _ = try await Self.decide(office) { notices, db in
                try DunningDesk.confirm(notices, on: posted, actor: "fay", asOf: .day(known), in: db)
            }
            let charges = "SELECT kind || ' ' || open_minor FROM ltc.invoices WHERE kind <> 'invoice' ORDER BY kind"
            #expect(try await office.texts(charges) == ["fee 0", "interest 0"])
            let left = "SELECT (amount_minor - allocated_minor)::text FROM ltc.receipts ORDER BY reference"
            #expect(try await office.texts(left) == ["20", "10"])
            _ = try await Self.decide(office) { notices, db in
                try DunningDesk.reverse(notices, reason: "wrong", actor: "fay", at: Self.now(), in: db)
            }
            #expect(try await office.texts(left) == ["20", "4578"])
        }
    }

    @Test func `a letter in hand that is paid is cancelled by the next run, and who was to post it is told`()
        async throws
    {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.invoice("R2", due: "2026-04-02")
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await office.script("UPDATE ltc.messages SET state = 'accepted' WHERE subject_kind = 'dunning-task'")
            try await office.receipt("T1", on: "2026-04-01", minor: 450_000, remittance: "R1")
            let made = try await office.run(DunInvoices.self, on: "2026-04-15").notices
            #expect(made.flatMap(\.invoices).map(\.number) == ["R2"])
            let states = "SELECT state || ' ' || coalesce(reason, '-') FROM ltc.notices ORDER BY id"
            #expect(try await office.texts(states).first == "cancelled paid")
            let news = try await office.texts(
                "SELECT subject || body FROM ltc.messages WHERE subject_kind = 'notice-news'")
            #expect(news.count == 1 && news[0].contains("Not any more: Post this letter") && news[0].contains("(paid)"))
            #expect(try await office.number("SELECT count(*) FROM ltc.invoices WHERE kind <> 'invoice'") == 0)
        }
    }

    @Test func `what was paid since it was proposed is not approved`() async throws {
        var company = try FinanceOffice.company()
        company.dunning.approvalAbove = [Money(minor: 100, currency: Currency("EUR")!)]
        try await FinanceOffice.with(company) { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.invoice("R2", due: "2026-03-02")
            let proposed = try await office.run(DunInvoices.self, on: "2026-03-10").notices
            #expect(proposed.map(\.total.minor) == [900_000])
            func approve() async throws -> [DunInvoicesReport.Notice] {
                try await office.database.pool.transaction(.init(rollsBack: true)) { db in
                    try DunningDesk.approve([1], actor: "fay", at: FinanceOffice.noon("2026-03-11"), in: db)
                }
            }
            try await office.receipt("T1", on: "2026-03-11", minor: 450_000, remittance: "R1")
            let part = try await approve()
            #expect(part.map(\.state) == ["approved"] && part.map(\.total.minor) == [450_000])
            try await office.receipt("T2", on: "2026-03-11", minor: 450_000, remittance: "R2")
            #expect(try await approve().map(\.state) == ["cancelled"])
        }
    }

    @Test func `a notice that waits no longer lists what an earlier one charged once that is reversed`() async throws {
        try await Self.with(lastLevelBy: .call) { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            let posted = try #require(CalendarDate("2026-03-31"))
            _ = try await Self.decide(office) { notices, db in
                try DunningDesk.confirm(notices, on: posted, actor: "fay", asOf: .day(posted), in: db)
            }
            try await office.run(DunInvoices.self, on: "2026-04-15")
            let waiting = "SELECT state || ' ' || level || ' ' || charges_minor FROM ltc.notices WHERE id = 2"
            #expect(try await office.texts(waiting) == ["approved 3 4568"])
            _ = try await Self.decide(office) { notices, db in
                try DunningDesk.reverse(notices, reason: "wrong", actor: "fay", at: Self.now(), in: db)
            }
            let then = try await office.texts(waiting)
            #expect(then == ["approved 2 0"])
            let asked =
                "SELECT state FROM ltc.messages WHERE subject_kind = 'dunning-task' AND subject_id = 2 ORDER BY id"
            #expect(try await office.texts(asked) == ["cancelled", "queued"])
            #expect(try await office.number("SELECT count(*) FROM ltc.notice_charges WHERE notice_id = 2") == 0)
        }
    }

    @Test func `a notice whose highest item was paid goes the way of the level that is left`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.invoice("R2", due: "2026-03-20")
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            #expect(try await office.run(DunInvoices.self, on: "2026-03-31").notices.map(\.channel) == ["letter"])
            try await office.receipt("T1", on: "2026-04-01", minor: 450_000, remittance: "R1")
            let verdict = try await office.database.pool.transaction { db in
                let id = try #require(try db.run(MessagesSQL.Waiting()).map(\.id).first)
                let message = try db.one(MessagesSQL.Take(id: id))
                return try DunningGate.look(message, at: Self.now(), in: db)
            }
            #expect(verdict == .cancel(reason: "notice_goes_by_mail"))
            let standing = "SELECT state || ' ' || level || ' ' || channel FROM ltc.notices"
            #expect(try await office.texts(standing) == ["approved 1 mail"])
            #expect(try await office.send() == [.send])
            #expect(try await office.texts(standing) == ["sent 1 mail"])
        }
    }

    @Test func `nobody is asked to post a letter about what is paid by now`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            func look() async throws -> [DeliveryHooks.Verdict] {
                try await office.database.pool.transaction { db in
                    try db.run(MessagesSQL.Waiting()).map { try db.one(MessagesSQL.Take(id: $0.id)) }
                        .filter { $0.subjectKind == "dunning-task" }
                        .map { try DeliveryHooks.of(subjectKind: $0.subjectKind).gate($0, Self.now(), db) }
                }
            }
            try await office.receipt("T1", on: "2026-04-01", minor: 100_000, remittance: "R1")
            #expect(try await look() == [.send])
            let task = try await office.texts("SELECT body FROM ltc.messages WHERE subject_kind = 'dunning-task'")[0]
            #expect(!task.contains("4545.68") && task.contains("3545.68"), "\(task)")
            #expect(
                try await office.number(
                    "SELECT count(*) FROM ltc.message_attachments AS t JOIN ltc.artefacts AS a ON a.id = t.artefact_id "
                        + "WHERE a.notice_id IS NOT NULL") == 1)
            try await office.receipt("T2", on: "2026-04-01", minor: 350_000, remittance: "R1")
            #expect(try await look() == [.cancel(reason: "paid")])
        }
    }

    @Test func `a run that is not of today only proposes`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            func run(at now: String) async throws -> [String] {
                try await office.run(
                    DunInvoices.self, on: "2026-03-31", isPreview: true, now: try Date(now, strategy: .iso8601)
                ).notices.map { "\($0.state) \($0.reason ?? "-")" }
            }
            // Midnight in Berlin.
            #expect(try await run(at: "2026-03-31T21:59:59Z") == ["approved within_limit"])
            #expect(try await run(at: "2026-03-31T22:00:00Z") == ["proposed past_run"])
            #expect(try await run(at: "2026-03-01T08:00:00Z") == ["proposed future_run"])
        }
    }

    @Test func `a reversed notice reached nothing, and its day is free again`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            let reversed = try await Self.decide(office) { notices, db in
                try DunningDesk.reverse(notices, reason: "wrong_customer", actor: "fay", at: Self.now(), in: db)
            }
            #expect(reversed.map(\.state) == ["reversed"])
            #expect(try await office.texts(Self.standing) == ["reversed mail - 0 -"])
            #expect(try await office.run(DunInvoices.self, on: "2026-03-31").notices.map(\.level) == [1])
        }
    }

    @Test func `who started the run does not approve what it proposed`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-20", minor: 1_000_001)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            await #expect {
                try await office.database.pool.transaction { db in
                    try DunningDesk.approve(DunningDesk.find([], in: db), actor: "test", at: Self.now(), in: db)
                }
            } throws: { ($0 as? Problem)?.code == "own_proposal" }
        }
    }

    @Test func `a mail waits for a day that is worked by the team and in the customer's country`() async throws {
        var china = CalendarPlan(code: "cn")
        china.country = "CN"
        china.holidays = [try #require(CalendarDate("2127-10-03")): "国庆节"]
        // A Saturday that is worked in China, but not by the team in Berlin.
        china.workdays = [try #require(CalendarDate("2127-10-04")): "补班"]
        var company = try FinanceOffice.company()
        company.calendars = [china]
        try await FinanceOffice.with(company) { office in
            try await office.invoice("R1", of: "C2", due: "2127-08-01")
            try await office.invoice("R2", of: "C1", due: "2127-08-01")
            try await office.script("UPDATE ltc.customers SET country = 'CN' WHERE number = 'C2'")
            try await office.run(DunInvoices.self, on: "2127-10-03")
            let due = """
                SELECT c.number || ' ' || coalesce((m.not_before AT TIME ZONE 'Europe/Berlin')::text, 'at once')
                FROM ltc.messages AS m JOIN ltc.customers AS c ON c.id = m.customer_id ORDER BY c.number
                """
            #expect(try await office.texts(due) == ["C1 at once", "C2 2127-10-06 09:00:00"])
            #expect(
                try await office.number("SELECT count(*) FROM ltc_jobs.jobs WHERE due_at > '2127-10-06 06:00:00Z'") == 1
            )
        }
    }
}
