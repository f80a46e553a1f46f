import Domain
import Foundation
import Postgres
import TestSupport

/// Customers of two creditors in four currencies, each with ten open instalments. Of ten customers three are due for a
/// notice with all they owe; the others are not yet due, in grace, noticed a few days ago, at the level that they have,
/// held, disputed, promised, or have paid in advance.
enum CreditFloor {
    static let day = CalendarDate(year: 2026, month: 3, day: 2)!

    static func open(_ database: TestDatabase, customers: Int) async throws {
        let document = String(decoding: try JSONEncoder().encode(company()), as: UTF8.self)
        try await database.pool.transaction { db in
            try db.script("INSERT INTO ltc.configuration_versions (document, sha256) VALUES ('\(document)', 'bench')")
            try db.script(people)
            try db.script(rates)
            try db.script(ledger(customers: customers))
        }
        try await settle(database)
    }

    private static func settle(_ database: TestDatabase) async throws {
        try await database.pool.withConnection {
            try await $0.script("VACUUM ANALYZE")
            try await $0.script("CHECKPOINT")
        }
    }

    private static func company() throws -> Company {
        func terms(_ code: String, _ margin: String, _ regime: InterestRegime, _ fixing: RateFixing, _ source: String)
            -> InterestTerms
        {
            InterestTerms(
                .reference(code: code, margin: Percent(margin)!, regime: regime, fixing: fixing), source: source)
        }
        let german = terms("de-base", "9", .split, .day, "§ 288 Abs. 2 BGB")
        let british = terms(
            "boe-base", "8", .frozen, .halfYearEve, "Late Payment of Commercial Debts (Interest) Act 1998")
        let agreed = InterestTerms(.agreed(Percent("11.5")!), dayCount: .actual360, source: "Terms of business, 7.2")
        var company = Company(name: "Bench")
        company.dunning = DunningPolicy(
            procedures: [procedure("standard", german), procedure("uk", british), procedure("terms", agreed)],
            standard: "standard")
        company.dunning.groups = ["key": "terms"]
        company.dunning.approvalAbove = currencies.map { Money(minor: 4_000_000, currency: $0) }
        return company
    }

    private static let currencies = ["EUR", "GBP", "USD", "CNY"].map { Currency($0)! }

    private static func procedure(_ name: String, _ terms: InterestTerms) -> DunningProcedure {
        var levels = [5, 20, 40].map(DunningLevel.init(afterDays:))
        for index in levels.indices {
            levels[index].chargesInterest = index > 0
            levels[index].fees = currencies.map { NoticeFee(Money(minor: 250 * index, currency: $0)) }
            levels[index].minimums = currencies.map { Money(minor: 1_000, currency: $0) }
        }
        var procedure = DunningProcedure(name: name, levels: levels)
        (procedure.graceDays, procedure.minimumInterval, procedure.interest) = (3, 7, terms)
        return procedure
    }

    private static let people = """
        INSERT INTO ltc.teams (code, name, kind, zone, hours)
        VALUES ('finance', 'Finance', 'finance', 'Europe/Berlin', '{"1": ["09:00-17:00"]}');
        INSERT INTO ltc.members (code, name, email) VALUES ('fay', 'Fay', 'fay@example.invalid');
        INSERT INTO ltc.memberships (team_id, member_id, role, valid_from)
        SELECT t.id, m.id, 'manager', '2020-01-01' FROM ltc.teams AS t, ltc.members AS m;
        INSERT INTO ltc.creditors (code, name, address, iban, bic, finance_team_id)
        SELECT c.code, c.name, c.address, 'DE89370400440532013000', 'COBADEFFXXX', t.id
        FROM (VALUES ('acme', 'Acme GmbH', 'Leopoldstraße 12, 80802 München'), ('north', 'Acme North Ltd', '1 Quay, Leith'))
            AS c (code, name, address), ltc.teams AS t;
        """

    /// § 247 BGB and the Bank of England, as published.
    private static let rates = """
        INSERT INTO ltc.reference_rates (code, valid_from, percent, source) VALUES
            ('de-base', '2024-07-01', 3.37, 'Deutsche Bundesbank'), ('de-base', '2025-01-01', 2.27, 'Deutsche Bundesbank'),
            ('de-base', '2025-07-01', 1.27, 'Deutsche Bundesbank'), ('de-base', '2026-01-01', 1.27, 'Deutsche Bundesbank'),
            ('boe-base', '2025-05-08', 4.25, 'Bank of England'), ('boe-base', '2025-08-07', 4.00, 'Bank of England'),
            ('boe-base', '2025-12-18', 3.75, 'Bank of England');
        """

    private static func ledger(customers: Int) -> String {
        """
        SELECT setseed(0.42);
        INSERT INTO ltc.customers (number, name, folded_name, language, email, address, country, group_code, procedure)
        SELECT 'C-' || n, 'Customer ' || n || ' GmbH', 'customer' || n, (ARRAY['en', 'de', 'zh'])[1 + n % 3],
            CASE WHEN n % 50 > 0 THEN 'pay' || n || '@customer.invalid' END, 'Hauptstraße ' || n % 90 || ', 70565 Stuttgart',
            CASE WHEN n % 4 = 1 THEN 'GB' ELSE 'DE' END, CASE WHEN n % 7 = 0 THEN 'key' END,
            CASE WHEN n % 4 = 1 THEN 'uk' END
        FROM generate_series(1, \(customers)) AS n;
        INSERT INTO ltc.contracts (
            number, customer_id, team_id, state, starts_on, notice_period, renewal, shifts_due_dates)
        SELECT 'V-' || c.number, c.id, t.id, 'performing', '2025-01-01', '90d', 'auto', true
        FROM ltc.customers AS c, ltc.teams AS t WHERE c.id % 20 = 0;
        INSERT INTO ltc.invoices (
            number, creditor_id, customer_id, contract_id, team_id, issued_on, due_on, currency, amount_minor,
            dunning_level, last_notice_on)
        SELECT 'INV-' || p.customer || '-' || p.part, k.id, p.customer, d.id, k.finance_team_id, p.due_on - 30, p.due_on,
            (ARRAY['EUR', 'GBP', 'USD', 'CNY'])[1 + p.customer % 4], 5000 + (random() * 1000000)::bigint,
            CASE WHEN p.kind < 3 THEN p.part % 3 WHEN p.kind IN (6, 7) THEN 1 ELSE 0 END,
            CASE WHEN p.kind < 3 AND p.part % 3 > 0 THEN date '\(day)' - 14 WHEN p.kind = 6 THEN date '\(day)' - 3
                WHEN p.kind = 7 THEN date '\(day)' - 12 END
        FROM (
            SELECT n AS customer, part, n % 10 AS kind, date '\(day)' + CASE
                WHEN n % 10 < 3 THEN -(ARRAY[12, 28, 55])[1 + part % 3] - (random() * 7)::integer
                WHEN n % 10 IN (3, 4) THEN (random() * 28)::integer
                WHEN n % 10 = 5 THEN -1 - (random() * 2)::integer
                WHEN n % 10 IN (6, 7) THEN -8 - (random() * 10)::integer
                ELSE -6 - (random() * 60)::integer
            END AS due_on
            FROM generate_series(1, \(customers)) AS n, generate_series(1, 10) AS part
        ) AS p
        JOIN ltc.creditors AS k ON k.code = CASE WHEN p.part > 5 AND p.customer % 2 = 0 THEN 'north' ELSE 'acme' END
        LEFT JOIN ltc.contracts AS d ON d.customer_id = p.customer
        ORDER BY p.part, p.customer;
        INSERT INTO ltc.receipts (
            reference, creditor_id, customer_id, team_id, booked_on, currency, amount_minor)
        SELECT 'P-' || a.customer_id || '-' || a.creditor_id, a.creditor_id, a.customer_id, a.team_id, '\(day)', a.currency,
            CASE WHEN a.customer_id % 10 = 8 THEN a.open_minor ELSE 1000 END
        FROM (
            SELECT creditor_id, customer_id, team_id, currency, sum(amount_minor) AS open_minor FROM ltc.invoices
            WHERE customer_id % 10 = 8 OR customer_id % 100 = 0
            GROUP BY creditor_id, customer_id, team_id, currency
        ) AS a;
        INSERT INTO ltc.dunning_holds (team_id, customer_id, reason, recorded_by)
        SELECT t.id, c.id, 'insolvent', 'bench' FROM ltc.customers AS c, ltc.teams AS t WHERE c.id % 20 = 9;
        INSERT INTO ltc.disputes (team_id, invoice_id, currency, amount_minor, reason, owner_id, until_on, recorded_by)
        SELECT i.team_id, i.id, i.currency, i.amount_minor, 'quality', m.id, '2026-04-01', 'bench'
        FROM ltc.invoices AS i, ltc.members AS m WHERE i.customer_id % 40 = 19;
        INSERT INTO ltc.promises (team_id, invoice_id, currency, amount_minor, promised_on, recorded_by)
        SELECT team_id, id, currency, amount_minor, '2026-03-10', 'bench' FROM ltc.invoices WHERE customer_id % 40 = 39;
        """
    }

    static func rows(in database: TestDatabase) async throws -> (notices: Int, items: Int, messages: Int) {
        try await database.pool.transaction { try $0.one(RowCounts()) }
    }

    /// The same heads, items and messages into the same tables, empty as before, from a copy without indexes or keys.
    static func insertBare(in database: TestDatabase) async throws -> Duration {
        try await database.pool.transaction { db in try db.script(staged) }
        for table in ["notices", "notice_items", "messages"] {
            try await database.pool.withConnection { try await $0.script("VACUUM FULL ltc.\(table)") }
        }
        try await settle(database)
        let start = ContinuousClock.now
        try await database.pool.transaction { db in try db.script(bare) }
        return start.duration(to: .now)
    }

    private static let heads = """
        id, number, creditor_id, customer_id, currency, run_date, team_id, procedure, level, state, reason, open_minor,
        charges_minor, interest_minor, compensation_minor, fee_minor, credit_minor, pay_by, letter, approved_by, approved_at,
        run_id, channel, channel_reason, fee_computation, compensation_source
        """
    private static let items = """
        notice_id, invoice_id, currency, team_id, days_overdue, open_minor, level_before, level, posted_minor, interest_minor,
        compensation_minor, computation
        """
    private static let messages = """
        message_id, kind, team_id, subject_kind, subject_id, member_id, customer_id, recipient, subject, body, language,
        run_id, not_before
        """

    private static let staged = """
        CREATE UNLOGGED TABLE bench_notices AS SELECT \(heads) FROM ltc.notices;
        CREATE UNLOGGED TABLE bench_items AS SELECT \(items) FROM ltc.notice_items;
        CREATE UNLOGGED TABLE bench_messages AS SELECT \(messages) FROM ltc.messages;
        -- Without looking for what refers to them: nothing that stays does.
        SET LOCAL session_replication_role = replica;
        DELETE FROM ltc.notice_items;
        DELETE FROM ltc.notices;
        DELETE FROM ltc.messages;
        """

    private static let bare = """
        INSERT INTO ltc.notices (\(heads)) OVERRIDING SYSTEM VALUE SELECT \(heads) FROM bench_notices;
        INSERT INTO ltc.notice_items (\(items)) SELECT \(items) FROM bench_items;
        INSERT INTO ltc.messages (\(messages)) SELECT \(messages) FROM bench_messages;
        """
}

private struct RowCounts: Query {
    static let statement = Statement(
        name: "bench.dunned",
        text: """
            SELECT (SELECT count(*) FROM ltc.notices), (SELECT count(*) FROM ltc.notice_items),
                (SELECT count(*) FROM ltc.messages)
            """,
        columns: [Column("notices", .bigint), Column("items", .bigint), Column("messages", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> (notices: Int, items: Int, messages: Int) {
        (
            try row.value(at: 0, as: .bigint), try row.value(at: 1, as: .bigint), try row.value(at: 2, as: .bigint)
        )
    }
}
