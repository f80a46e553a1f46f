import Automation
import Domain
import Foundation
import Postgres
import Store
import Synchronization
import TestSupport

/// A small company in a test's database: a finance team in Berlin (fay manages it) that collects for one creditor, a
/// sales team whose contracts renew, and three customers: 1 with an address in English, 2 in Chinese, 3 without any.
struct FinanceOffice: Sendable {
    let database: TestDatabase

    static func company() throws -> Company {
        var levels = [5, 20, 40].map(DunningLevel.init(afterDays:))
        let euro = Currency("EUR")!
        for index in 1...2 {
            levels[index].fees = [NoticeFee(Money(minor: 500 * index, currency: euro))]
            levels[index].chargesInterest = true
        }
        var procedure = DunningProcedure(name: "standard", levels: levels)
        procedure.graceDays = 3
        procedure.minimumInterval = 7
        procedure.interest = InterestTerms(.agreed(Percent("11")!), source: "§ 288 BGB")
        var company = Company(name: "Test")
        company.dunning = DunningPolicy(procedures: [procedure], standard: "standard")
        company.dunning.approvalAbove = [Money(minor: 1_000_000, currency: euro)]
        company.renewals = RenewalPolicy(ladder: [90, 60, 30, 7])
        company.renewals.opensOpportunityAt = 60
        return company
    }

    private static let people = """
        INSERT INTO ltc.teams (code, name, kind, zone, hours)
        SELECT code, code, kind, 'Europe/Berlin', '{"1": ["09:00-17:00"]}'
        FROM (VALUES ('finance', 'finance'), ('sales', 'sales')) AS t (code, kind);
        INSERT INTO ltc.members (code, name, email, language) VALUES
            ('fay', 'Fay', 'fay@example.invalid', 'en'), ('sal', 'Sal', 'sal@example.invalid', 'zh'),
            ('max', 'Max', 'max@example.invalid', 'en');
        INSERT INTO ltc.memberships (team_id, member_id, role, valid_from)
        SELECT t.id, m.id, s.role, '2020-01-01'
        FROM (VALUES ('finance', 'fay', 'manager'), ('sales', 'sal', 'member'), ('sales', 'max', 'manager'))
            AS s (team, member, role)
        JOIN ltc.teams AS t ON t.code = s.team JOIN ltc.members AS m ON m.code = s.member;
        INSERT INTO ltc.creditors (code, name, iban, bic, finance_team_id)
        SELECT 'acme', 'Acme GmbH', 'DE89370400440532013000', 'COBADEFFXXX', id FROM ltc.teams WHERE code = 'finance';
        INSERT INTO ltc.customers (number, name, folded_name, language, email) VALUES
            ('C1', 'Miller Ltd', 'miller ltd', 'en', 'pay@miller.invalid'),
            ('C2', '上海精密仪器', '上海精密仪器', 'zh', 'pay@sh.invalid'), ('C3', 'Nowhere', 'nowhere', 'en', NULL);
        """

    static func with<Result: Sendable>(
        _ company: Company? = nil, _ body: (FinanceOffice) async throws -> Result
    ) async throws -> Result {
        let document = String(decoding: try JSONEncoder().encode(company ?? Self.company()), as: UTF8.self)
        return try await TestDatabase.with { database in
            try await database.pool.transaction { db in
                try db.script(
                    people + "INSERT INTO ltc.configuration_versions (document, sha256) VALUES ('\(document)', 'test')")
            }
            return try await body(FinanceOffice(database: database))
        }
    }

    static func noon(_ day: String) throws -> Date { try Date("\(day)T12:00:00Z", strategy: .iso8601) }

    func script(_ sql: String) async throws {
        try await database.pool.transaction { db in try db.script(sql) }
    }

    /// An invoice issued 30 days before it is due.
    func invoice(
        _ number: String, of customer: String = "C1", due: String, minor: Int = 450_000, level: Int = 0,
        noticed: String? = nil, kind: String = "invoice", currency: String = "EUR"
    ) async throws {
        try await script(
            """
            INSERT INTO ltc.invoices (
                number, creditor_id, customer_id, team_id, kind, issued_on, due_on, currency, amount_minor,
                dunning_level, last_notice_on)
            SELECT '\(number)', k.id, c.id, k.finance_team_id, '\(kind)', date '\(due)' - 30, '\(due)', '\(currency)',
                \(minor), \(level), \(noticed.map { "'\($0)'" } ?? "NULL")
            FROM ltc.creditors AS k, ltc.customers AS c WHERE c.number = '\(customer)'
            """)
    }

    /// Money that comes in, and is allocated at once when it says so.
    func receipt(
        _ reference: String, of customer: String? = "C1", on day: String, minor: Int, remittance: String = "",
        currency: String = "EUR", isAllocated: Bool = true
    ) async throws {
        let customer = customer.map { "(SELECT id FROM ltc.customers WHERE number = '\($0)')" } ?? "NULL"
        try await script(
            """
            INSERT INTO ltc.receipts (
                reference, creditor_id, customer_id, team_id, booked_on, currency, amount_minor, remittance)
            SELECT '\(reference)', id, \(customer), finance_team_id, '\(day)', '\(currency)', \(minor), '\(remittance)'
            FROM ltc.creditors
            """)
        guard isAllocated else { return }
        let id = try await number("SELECT id FROM ltc.receipts WHERE reference = '\(reference)'")
        try await database.pool.transaction { db in
            _ = try AllocateReceipts.allocate([id], actor: "test", at: Date(), in: db)
        }
    }

    /// A bank draft that comes in, and covers at once what it is for when it says so.
    func draft(
        _ reference: String, of customer: String? = "C1", on day: String, minor: Int, matures: String,
        remittance: String = "", isAllocated: Bool = true
    ) async throws {
        let customer = customer.map { "(SELECT id FROM ltc.customers WHERE number = '\($0)')" } ?? "NULL"
        try await script(
            """
            INSERT INTO ltc.receipts (
                reference, creditor_id, customer_id, team_id, booked_on, currency, amount_minor, remittance, kind, matures_on)
            SELECT '\(reference)', id, \(customer), finance_team_id, '\(day)', 'EUR', \(minor), '\(remittance)', 'draft',
                '\(matures)'
            FROM ltc.creditors
            """)
        guard isAllocated else { return }
        let id = try await number("SELECT id FROM ltc.receipts WHERE reference = '\(reference)'")
        try await database.pool.transaction { db in
            _ = try AllocateReceipts.allocate([id], at: FinanceOffice.noon(day), in: db)
        }
    }

    /// A receipt goes back.
    func reverse(_ receipt: Int, on day: String) async throws {
        let now = try FinanceOffice.noon(day)
        _ = try await database.pool.transaction { db in
            try ReceiptDesk.reverse([receipt], reason: "returned", actor: "fay", at: now, in: db)
        }
    }

    @discardableResult func run<A: Automated>(
        _ automation: A.Type, on day: String, isPreview: Bool = false
    ) async throws -> A.Report {
        try await outcome(of: automation, on: day, isPreview: isPreview).report
    }

    /// A run of dunning and, unless it is a preview, the package that it orders.
    @discardableResult func run(
        _ automation: DunInvoices.Type, on day: String, isPreview: Bool = false, now: Date? = nil
    ) async throws -> Dunned {
        let heard = Heard()
        let outcome = try await outcome(
            of: automation, on: day, isPreview: isPreview, now: now, telling: heard.listener)
        if !isPreview {
            for run in outcome.runs {
                try await database.pool.transaction { db in try FinancePackage.make(of: run.id, in: db) }
            }
        }
        var dunned = heard.dunned
        dunned.counts = outcome.report.counts
        return dunned
    }

    private func outcome<A: Automated>(
        of automation: A.Type, on day: String, isPreview: Bool, now: Date? = nil, telling listener: RunListener? = nil
    ) async throws -> RunOutcome<A.Report> {
        let request = RunRequest(
            asOf: .day(CalendarDate(day)!), actor: "test", isPreview: isPreview, now: now, listener: listener)
        return try await AutomationRunner(pool: database.pool, logger: TestDatabase.logger).run(automation, request)
    }

    /// What a mail server's answer would do: the gate looks, and an accepted letter reaches its level.
    ///
    /// - Parameter day: on which it answers; that of the last run if nothing is said
    func send(
        _ fate: DeliveryHooks.Fate = .accepted, reason: String? = nil, on day: String? = nil
    ) async throws -> [DeliveryHooks.Verdict] {
        let lastRun = try await texts("SELECT coalesce(max(run_date), '2026-01-01')::text FROM ltc.notices").first ?? ""
        let now = try Date("\(day ?? lastRun)T10:00:00Z", strategy: .iso8601)
        return try await database.pool.transaction { db in
            let waiting = try db.run(MessagesSQL.Waiting()).map(\.id)
            return try waiting.compactMap { id in
                let message = try db.one(MessagesSQL.Take(id: id))
                guard message.kind == "dunning-notice" else { return nil }
                let verdict = try DeliveryHooks.of(subjectKind: "notice").gate(message, now, db)
                let settled: DeliveryHooks.Fate
                switch verdict {
                case .send: settled = fate
                case .hold: settled = .held
                case .cancel: settled = .cancelled
                case .wait: return verdict
                }
                try db.execute(MessagesSQL.Settle(id: id, state: settled.rawValue, reason: reason, answer: nil))
                try DunningGate.settled(message, settled, reason: reason, at: now, in: db)
                return verdict
            }
        }
    }

    /// What the messages of a kind of subject, which wait, would say if they were sent now.
    func drafts(of kind: String) async throws -> [String] {
        try await database.pool.transaction { db in
            try db.run(MessagesSQL.Waiting()).compactMap { waiting in
                let message = try db.one(MessagesSQL.Take(id: waiting.id))
                guard message.subjectKind == kind else { return nil }
                return try message.body
                    ?? NoticeText.draft(
                        subjectKind: kind, subject: message.subjectId, language: message.language, in: db)
            }
        }
    }

    /// The one number that a query gives.
    func number(_ query: String) async throws -> Int {
        try await texts("SELECT (\(query))::text").first.flatMap { Int($0) } ?? -1
    }

    /// The one column of text that a query gives, with C's escapes.
    func texts(_ query: String) async throws -> [String] {
        try await database.pool.transaction { db in
            var lines: [UInt8] = []
            try db.copyOut("COPY (\(query)) TO STDOUT") { lines += $0 }
            return String(decoding: lines, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }
}

/// What a run of dunning told.
struct Dunned: Sendable {
    var notices: [DunInvoicesReport.Notice] = []
    var skipped: [DunInvoicesReport.Skipped] = []
    var counts: [String: Int] = [:]
}

private final class Heard: Sendable {
    private let lists = Mutex(Dunned())

    var dunned: Dunned { lists.withLock { $0 } }

    var listener: RunListener {
        RunListener(
            begin: { _ in self.lists.withLock { $0 = Dunned() } },
            hear: { decision in
                self.lists.withLock { lists in
                    if let notice = decision as? DunInvoicesReport.Notice { lists.notices.append(notice) }
                    if let skipped = decision as? DunInvoicesReport.Skipped { lists.skipped.append(skipped) }
                }
            })
    }
}
