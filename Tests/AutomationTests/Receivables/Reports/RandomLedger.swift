import Domain
import Foundation
import Postgres
import Store
import TestSupport

/// A random history of a ledger of two teams, two creditors and three customers, in two currencies: kept as plain facts, from
/// which a report can be computed slowly and obviously, and written to a test's database.
struct RandomLedger {
    struct Item {
        let id: Int
        let customer: String, creditor: String, team: String, currency: String
        let isCredit: Bool
        let issuedOn: Int
        let recordedAt: Int
        /// What it said, and from which day and instant on; the first from the beginning.
        var said: [(dueOn: Int, minor: Int, settled: Int, from: Int, recordedAt: Int)]
        var closedMinor = 0
    }

    struct Receipt {
        let id: Int
        let customer: String?
        let creditor: String, team: String, currency: String
        let cashOn: Int, recordedAt: Int
        let minor: Int
        var spentMinor = 0
        var reversal: (on: Int, recordedAt: Int)?
    }

    struct Closing {
        let item: Int
        var receipt, note: Int?
        let minor: Int
        let on: Int
        let recordedAt: Int
        var isTakenBack = false
    }

    private(set) var items: [Item] = []
    private(set) var receipts: [Receipt] = []
    private(set) var closings: [Closing] = []
    private var sql = ""
    private var random: SeededRandom
    static let start = CalendarDate("2026-01-01")!
    static let days = 100

    static func day(_ offset: Int) -> CalendarDate { start.adding(days: offset) }
    /// Hours since the start.
    static func instant(_ hours: Int) -> Date {
        Date(timeIntervalSince1970: Double(start.daysSince1970 * 86_400 + hours * 3_600))
    }

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        sql = """
            INSERT INTO ltc.teams (code, name, kind, zone, hours) VALUES ('finance-2', 'Second', 'finance', 'Asia/Shanghai', '{}');
            INSERT INTO ltc.creditors (code, name, finance_team_id)
            SELECT 'beta', 'Beta Ltd', id FROM ltc.teams WHERE code = 'finance-2';
            INSERT INTO ltc.ledger_snapshots (source, creditor_id, team_id, day, file)
            SELECT 'ltc', id, finance_team_id, '2026-01-01', 'test' FROM ltc.creditors WHERE code = 'acme';

            """
        for _ in 0..<40 { addItem() }
        for _ in 0..<25 { addReceipt() }
        for step in 0..<160 {
            switch step % 8 {
            case 0: takeBack()
            case 1: correct()
            case 2: close()
            case 3: setOff()
            case 4: reverse()
            default: pay()
            }
        }
    }

    private mutating func any(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func account() -> (customer: String, creditor: String, team: String, currency: String) {
        (
            "C\(any(1...3))", ["acme", "beta"][any(0...1)], ["finance", "finance-2"][any(0...1)],
            ["EUR", "CNY"][any(0...1)]
        )
    }

    private mutating func addItem() {
        let account = account()
        let (issued, minor) = (any(0...Self.days), any(1...100_000))
        let settled = any(0...4) == 0 ? any(0...minor) : 0
        let (due, recorded, isCredit) = (issued + any(-2...60), any(0...Self.days * 24), any(0...4) == 0)
        items.append(
            Item(
                id: items.count + 1, customer: account.customer, creditor: account.creditor, team: account.team,
                currency: account.currency, isCredit: isCredit, issuedOn: issued, recordedAt: recorded,
                said: [(due, minor, settled, .min, .min)], closedMinor: 0))
        sql += """
            INSERT INTO ltc.invoices (number, creditor_id, customer_id, team_id, kind, issued_on, due_on, currency, amount_minor,
                settled_before_minor, recorded_at)
            SELECT 'I\(items.count)', k.id, c.id, t.id, '\(isCredit ? "credit-note" : "invoice")', '\(Self.day(issued))',
                '\(Self.day(due))', '\(account.currency)', \(minor), \(settled), '\(Self.instant(recorded).ISO8601Format())'
            FROM ltc.creditors AS k, ltc.customers AS c, ltc.teams AS t
            WHERE k.code = '\(account.creditor)' AND c.number = '\(account.customer)' AND t.code = '\(account.team)';

            """
    }

    private mutating func addReceipt() {
        let account = account()
        let (booked, minor, recorded) = (any(0...Self.days), any(1...150_000), any(0...Self.days * 24))
        let isDraft = any(0...4) == 0
        let cash = isDraft ? booked + any(0...40) : booked
        let customer = any(0...5) == 0 ? nil : account.customer
        receipts.append(
            Receipt(
                id: receipts.count + 1, customer: customer, creditor: account.creditor, team: account.team,
                currency: account.currency, cashOn: cash, recordedAt: recorded, minor: minor))
        sql += """
            INSERT INTO ltc.receipts (reference, creditor_id, customer_id, team_id, booked_on, currency, amount_minor, kind,
                matures_on, recorded_at)
            SELECT 'P\(receipts.count)', k.id, (SELECT id FROM ltc.customers WHERE number = '\(customer ?? "")'), t.id,
                '\(Self.day(booked))', '\(account.currency)', \(minor), '\(isDraft ? "draft" : "payment")',
                \(isDraft ? "'\(Self.day(cash))'" : "NULL"), '\(Self.instant(recorded).ISO8601Format())'
            FROM ltc.creditors AS k, ltc.teams AS t WHERE k.code = '\(account.creditor)' AND t.code = '\(account.team)';

            """
    }

    private func left(_ item: Item) -> Int { item.said.last!.minor - item.said.last!.settled - item.closedMinor }

    private mutating func record(_ closing: Closing, because reason: String) {
        closings.append(closing)
        items[closing.item - 1].closedMinor += closing.minor
        if let note = closing.note { items[note - 1].closedMinor += closing.minor }
        if let receipt = closing.receipt { receipts[receipt - 1].spentMinor += closing.minor }
        sql += """
            INSERT INTO ltc.allocations (receipt_id, credit_note_id, invoice_id, team_id, currency, amount_minor, reason,
                effective_on, recorded_at)
            SELECT (SELECT id FROM ltc.receipts WHERE reference = 'P\(closing.receipt ?? 0)'),
                (SELECT id FROM ltc.invoices WHERE number = 'I\(closing.note ?? 0)'), i.id, i.team_id, i.currency,
                \(closing.minor), '\(reason)', '\(Self.day(closing.on))', '\(Self.instant(closing.recordedAt).ISO8601Format())'
            FROM ltc.invoices AS i WHERE i.number = 'I\(closing.item)';

            """
    }

    private mutating func pay() {
        let (item, receipt) = (items[any(0...items.count - 1)], receipts[any(0...receipts.count - 1)])
        let most = min(left(item), receipt.minor - receipt.spentMinor)
        guard item.currency == receipt.currency, !item.isCredit, receipt.reversal == nil, most > 0 else { return }
        record(
            Closing(
                item: item.id, receipt: receipt.id, minor: any(1...most), on: any(0...Self.days),
                recordedAt: any(0...Self.days * 24)), because: "oldest_due")
    }

    private mutating func setOff() {
        let (item, note) = (items[any(0...items.count - 1)], items[any(0...items.count - 1)])
        let most = min(left(item), left(note))
        guard item.currency == note.currency, !item.isCredit, note.isCredit, most > 0 else { return }
        record(
            Closing(
                item: item.id, note: note.id, minor: any(1...most), on: any(0...Self.days),
                recordedAt: any(0...Self.days * 24)), because: "by_hand")
    }

    private mutating func close() {
        let item = items[any(0...items.count - 1)]
        guard left(item) > 0 else { return }
        let reason = ["write_off", "discount_taken", "small_difference", "closed_in_source"][any(0...3)]
        record(
            Closing(
                item: item.id, minor: any(1...left(item)), on: any(0...Self.days), recordedAt: any(0...Self.days * 24)),
            because: reason)
    }

    private mutating func takeBack() {
        guard let place = closings.indices.filter({ !closings[$0].isTakenBack }).randomElement(using: &random) else {
            return
        }
        closings[place].isTakenBack = true
        let taken = closings[place]
        record(
            Closing(
                item: taken.item, receipt: taken.receipt, note: taken.note, minor: -taken.minor, on: any(0...Self.days),
                recordedAt: any(0...Self.days * 24), isTakenBack: true),
            because: taken.receipt == nil && taken.note == nil ? "write_off" : "reversed")
    }

    private mutating func reverse() {
        let receipt = receipts[any(0...receipts.count - 1)]
        guard receipt.reversal == nil, receipt.spentMinor == 0 else { return }
        let (on, recorded) = (any(0...Self.days), any(receipt.recordedAt...Self.days * 24))
        receipts[receipt.id - 1].reversal = (on, recorded)
        sql += """
            INSERT INTO ltc.receipt_reversals (receipt_id, team_id, currency, amount_minor, reason, effective_on, recorded_at)
            SELECT id, team_id, currency, amount_minor, 'test', '\(Self.day(on))', '\(Self.instant(recorded).ISO8601Format())'
            FROM ltc.receipts WHERE reference = 'P\(receipt.id)';

            """
    }

    private mutating func correct() {
        let item = items[any(0...items.count - 1)]
        let was = item.said.last!
        let (from, recorded) = (
            any(max(0, was.from)...Self.days), any(max(item.recordedAt, was.recordedAt)...Self.days * 24)
        )
        let minor = was.settled + item.closedMinor + any(1...50_000)
        let due = was.dueOn + any(-10...10)
        items[item.id - 1].said.append((due, minor, was.settled, from, recorded))
        sql += """
            INSERT INTO ltc.invoice_versions (invoice_id, snapshot_id, team_id, due_on, amount_minor, settled_before_minor,
                effective_on, recorded_at)
            SELECT i.id, s.id, i.team_id, i.due_on, i.amount_minor, i.settled_before_minor, '\(Self.day(from))',
                '\(Self.instant(recorded).ISO8601Format())'
            FROM ltc.invoices AS i, ltc.ledger_snapshots AS s WHERE i.number = 'I\(item.id)';
            UPDATE ltc.invoices SET amount_minor = \(minor), due_on = '\(Self.day(due))' WHERE number = 'I\(item.id)';

            """
    }

    func write(to office: FinanceOffice) async throws { try await office.script(sql) }
}
