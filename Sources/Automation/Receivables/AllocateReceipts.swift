package import Domain
package import Foundation
package import Postgres
import Store

/// Receipts pay what they are for: what the payer meant, then the oldest debt; the rest stays unallocated.
package enum AllocateReceipts {
    package struct Outcome: Sendable, Hashable {
        /// Allocations made, by reason.
        package var made: [Allocation.Reason: Int] = [:]
        /// Receipts that wait for a person, by what they wait for.
        package var waiting: [PaymentMatch.Waiting: Int] = [:]
    }

    /// Few enough to be in memory, many enough to make a round trip cheap.
    static let chunk = 5_000

    /// Finds out whom these receipts (ids of rows just stored) are from and what for, and allocates them, one day after the other, as
    /// if each had come by itself, and one account after the other, in the caller's transaction. All receipts of an account and a day
    /// are allocated as a set. Drafts that have not matured pay nothing yet; what they are meant for is noted.
    ///
    /// - Parameters:
    ///   - assigned: what a person said of one of them
    ///   - actor: who does it; nil is the database login.
    @discardableResult
    package static func allocate(
        _ receipts: [Int], assigned: AssignedReceipt? = nil, actor: String? = nil, at now: Date,
        in db: isolated Connection
    ) throws -> Outcome {
        try begin(in: db)
        try db.execute(ReceiptsSQL.AddIncoming(receipts: receipts, day: nil))
        return try allocateIncoming(assigned: assigned, actor: actor, at: now, in: db)
    }

    /// The same with the receipts that were added since `begin`: a million of them are never in memory together.
    ///
    /// - Parameters:
    ///   - days: others on which something happens
    ///   - takeBack: takes back what went back through a day, before that day's receipts are allocated, and after it theirs too;
    ///     gives the receipts that it took
    static func allocateIncoming(
        assigned: AssignedReceipt? = nil, alsoOn days: [CalendarDate] = [], actor: String? = nil, at now: Date,
        in db: isolated Connection,
        takeBack: (CalendarDate, _ ofBefore: Bool) throws -> Set<Int> = { _, _ in [] }
    ) throws -> Outcome {
        var outcome = Outcome()
        let terms = try PaymentTerms.current(in: db)
        for day in Set(try db.run(ReceiptsSQL.IncomingDays()).map(\.day) + days).sorted() {
            let before = try takeBack(day, true)
            func match(drafts: Bool) throws -> Bool {
                var hasSome = false
                try db.stream(ReceiptsSQL.Incoming(day: day, drafts: drafts), batch: chunk) { rows in
                    hasSome = true
                    let waiting = try MatchPayments.match(
                        rows.map(\.id), assigned: assigned, actor: actor, at: now, in: db)
                    outcome.waiting.merge(waiting) { $0 + $1 }
                }
                return hasSome
            }
            // Drafts first: a payment may be the money of one that comes with it.
            if try match(drafts: true) {
                try db.execute(ReceiptsSQL.AddPerhapsCash(day: day, days: DraftCounterpart.days))
            }
            _ = try match(drafts: false)
            try payAll(
                of: day, terms, through: CalendarDate(utc: now), assigned: assigned, actor: actor, at: now,
                into: &outcome, in: db)
            try payAgain(
                after: before.union(try takeBack(day, false)).sorted(), actor: actor, at: now, in: db)
        }
        return outcome
    }

    /// What came on the day on which these receipts were taken back, or later, and had nothing to pay, pays what is owed again. Between
    /// `begin` and the end of the transaction.
    static func payAgain(after reversed: [Int], actor: String?, at now: Date, in db: isolated Connection) throws {
        guard !reversed.isEmpty else { return }
        let idle = try db.run(ReceiptsSQL.IdleAfter(reversed: reversed)).map(\.id)
        guard !idle.isEmpty else { return }
        // Whose they are stays decided.
        try db.copy(
            MatchPayments.meant(by: idle, undone: [:], in: db).sorted { $0.key < $1.key }.flatMap { receipt, match in
                match.designations(of: receipt)
            })
        var outcome = Outcome()
        try pay(
            idle, PaymentTerms.current(in: db), through: CalendarDate(utc: now), assigned: nil, actor: actor, at: now,
            into: &outcome, in: db)
    }

    /// Lets the drafts pay what they are meant for that have matured by a day and have not paid yet.
    ///
    /// - Parameters:
    ///   - team: only this team's
    ///   - customer: only this one's
    /// - Returns: the drafts' ids, and what they paid.
    @discardableResult
    package static func mature(
        team: Int? = nil, customer: Int? = nil, through day: CalendarDate, actor: String, at now: Date,
        in db: isolated Connection
    ) throws -> (drafts: [Int], Outcome) {
        var outcome = Outcome()
        let drafts = try db.run(ReceiptsSQL.DraftsToMature(team: team, customer: customer, day: day)).map(\.id)
        guard !drafts.isEmpty else { return ([], outcome) }
        try begin(in: db)
        try db.execute(ReceiptsSQL.AddIncoming(receipts: drafts, day: day))
        try payAll(
            of: day, PaymentTerms.current(in: db), through: day, actor: actor, at: now, into: &outcome, in: db)
        try db.execute(ReceiptsSQL.RecordMaturity(receipts: drafts, at: now, actor: actor))
        return (drafts, outcome)
    }

    /// A customer may have paid for a notice, what it charges included, before it counts as delivered: what is left of that money
    /// pays the charges now that they are owed, and what went to other debts, because nothing of the notice was left.
    static func payCharges(of notice: Int, actor: String, at now: Date, in db: isolated Connection) throws {
        let paid = try db.run(ReceiptsSQL.PaidForNotice(notice: notice))
        guard let charges = paid.first?.charges else { return }
        let receipts = paid.map(\.id)
        let beside = Dictionary(
            grouping: try db.run(ReceiptsSQL.PaidBeside(receipts: receipts, notice: notice)), by: \.receipt)
        let terms = try PaymentTerms.current(in: db)
        let items = try db.run(ReceiptsSQL.ItemsToPay(receipts: receipts, reopened: [], day: CalendarDate(utc: now)))
            .filter { charges.contains($0.id) }.map(terms.item)
        let money = paid.map { row in
            IncomingMoney(
                receipt: row.id, reference: row.reference, bookedOn: row.cashOn,
                minor: row.leftMinor + (beside[row.id] ?? []).reduce(0) { $0 + $1.minor })
        }
        var allocations = AllocationRules.allocate(money, to: items)
        for row in paid {
            var more = allocations.reduce(-row.leftMinor) { $1.receipt == row.id ? $0 + $1.minor : $0 }
            for part in beside[row.id] ?? [] where more > 0 {
                let minor = min(more, part.minor)
                more -= minor
                allocations.append(
                    Allocation(
                        receipt: row.id, invoice: part.invoice, minor: -minor, reason: .oldestDue,
                        effectiveOn: part.effectiveOn))
            }
        }
        // What becomes free has to be so before it pays something else.
        try record(allocations.sorted { $0.minor < $1.minor }, actor: actor, at: now, in: db)
    }

    /// Makes room for the receipts that come together, and for what they are meant for.
    static func begin(in db: isolated Connection) throws {
        try db.execute(ReceiptsSQL.CreateIncoming())
        try db.execute(ReceiptsSQL.IndexIncoming())
        try db.execute(ReceiptsSQL.EmptyIncoming())
        try db.execute(ReceiptsSQL.CreateDesignationStaging())
        try db.execute(ReceiptsSQL.IndexDesignationStaging())
        try db.execute(ReceiptsSQL.EmptyDesignationStaging())
    }

    /// Account by account, a chunk of accounts at a time.
    private static func payAll(
        of incoming: CalendarDate, _ terms: PaymentTerms, through day: CalendarDate, assigned: AssignedReceipt? = nil,
        actor: String?, at now: Date, into outcome: inout Outcome, in db: isolated Connection
    ) throws {
        var some: [Int] = []
        var account: String?
        func pay() throws {
            guard !some.isEmpty else { return }
            try self.pay(
                some, terms, through: day, assigned: assigned, actor: actor, at: now, into: &outcome, in: db)
            some.removeAll(keepingCapacity: true)
        }
        try db.stream(ReceiptsSQL.InAccountOrder(day: incoming), batch: chunk) { rows in
            for row in rows {
                if some.count >= chunk, row.account != account { try pay() }
                some.append(row.id)
                account = row.account
            }
        }
        try pay()
    }

    private static func pay(
        _ receipts: [Int], _ terms: PaymentTerms, through day: CalendarDate, assigned: AssignedReceipt?,
        actor: String?, at now: Date, into outcome: inout Outcome, in db: isolated Connection
    ) throws {
        let money = try db.run(ReceiptsSQL.MoneyToAllocate(receipts: receipts, day: day))
        var earlier = try SameDayPayments.load(money.map { ($0.id, $0.customer) }, withRest: true, in: db)
        earlier.redesignate(try MatchPayments.meant(by: earlier.receipts, undone: earlier.undone, in: db))
        let found = try db.run(
            ReceiptsSQL.ItemsToPay(receipts: receipts, reopened: Array(earlier.undone.keys), day: day))
        let items = Dictionary(grouping: found) {
            AccountKey(creditor: $0.creditor, customer: $0.customer, currency: $0.currency)
        }
        let accounts = Dictionary(grouping: money) {
            AccountKey(creditor: $0.creditor, customer: $0.customer, currency: $0.currency)
        }
        var allocations: [Allocation] = []
        var covers: [Allocation] = []
        var repeated: [(receipt: Int, customer: Int)] = []
        for (account, money) in accounts.sorted(by: { $0.value[0].id < $1.value[0].id }) {
            let rows = items[account] ?? []
            var open = try rows.map(terms.item)
            for index in open.indices { open[index].openMinor += earlier.undone[open[index].id, default: 0] }
            var day = money.filter { !$0.isHeld }.map(IncomingMoney.init)
            for index in day.indices { day[index].isAssigned = day[index].receipt == assigned?.receipt }
            day += earlier.money[account, default: []]
            let made = AllocationRules.allocate(day, to: open, tolerance: try terms.tolerance(account.currency))
            repeated += AllocationRules.repeated(day, in: made).map { ($0.receipt, account.customer) }
            allocations += made.changing(earlier.allocations[account, default: []])
            let drafts = money.filter { $0.isHeld && $0.minor > 0 }
            guard !drafts.isEmpty else { continue }
            // Drafts are meant for what neither the money nor another draft is for.
            let closed = made.reduce(into: [:]) { $0[$1.invoice, default: 0] += $1.minor }
            for (index, row) in rows.enumerated() {
                open[index].openMinor -= row.coveredMinor + closed[row.id, default: 0]
            }
            covers += AllocationRules.allocate(drafts.map { IncomingMoney($0, withCovers: false) }, to: open)
                .filter { $0.receipt != nil }
        }
        try record(allocations, actor: actor, at: now, in: db)
        try cover(covers, actor: actor, at: now, in: db)
        try MatchPayments.wait(for: .alreadyPaid, repeated, actor: actor, at: now, in: db)
        if !repeated.isEmpty { outcome.waiting[.alreadyPaid, default: 0] += repeated.count }
        for allocation in allocations where allocation.minor > 0 { outcome.made[allocation.reason, default: 0] += 1 }
    }

    static func record(
        _ allocations: [Allocation], actor: String?, at now: Date, in db: isolated Connection
    ) throws {
        try record(
            allocations.map {
                ReceiptsSQL.CopyAllocation(
                    receiptId: $0.receipt, creditNoteId: nil, invoiceId: $0.invoice, amountMinor: $0.minor,
                    reason: $0.reason.rawValue, effectiveOn: $0.effectiveOn, paidOn: nil)
            }, actor: actor, at: now, in: db)
    }

    static func record(
        _ rows: [ReceiptsSQL.CopyAllocation], actor: String?, at now: Date, in db: isolated Connection
    ) throws {
        try db.execute(ReceiptsSQL.CreateAllocationStaging())
        try db.execute(ReceiptsSQL.EmptyAllocationStaging())
        try db.copy(try placed(rows, in: db))
        try db.execute(ReceiptsSQL.InsertAllocations(at: now, actor: actor))
        try ExcessCharges.look(at: rows.map(\.invoiceId), actor: actor, at: now, in: db)
    }

    /// Each from the day on which there is room for it; what its money could pay before was paid before.
    private static func placed(
        _ rows: [ReceiptsSQL.CopyAllocation], in db: isolated Connection
    ) throws -> [ReceiptsSQL.CopyAllocation] {
        let later = try db.run(
            ReceiptsSQL.SettledLater(
                invoices: rows.map(\.invoiceId), receipts: rows.map { $0.receiptId ?? 0 },
                creditNotes: rows.map { $0.creditNoteId ?? 0 }, days: rows.map(\.effectiveOn)))
        guard !later.isEmpty else { return rows }
        let uses = Dictionary(grouping: later) { "\($0.kind) \($0.id)" }.mapValues { rows in
            rows.reduce(into: SettledDays.Uses(capacityMinor: rows[0].capacity)) {
                $0.days[$1.day, default: 0] += $1.minor
            }
        }
        var days = SettledDays(uses)
        // What becomes free first, then what money pays, and then what is closed behind it.
        func rank(_ row: ReceiptsSQL.CopyAllocation) -> Int {
            row.amountMinor < 0 ? 0 : row.receiptId != nil || row.creditNoteId != nil ? 1 : 2
        }
        return rows.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map {
            _, row in
            var row = row
            let money =
                (row.receiptId.map { ["receipt \($0)"] } ?? []) + (row.creditNoteId.map { ["credit-note \($0)"] } ?? [])
            let paidOn = days.firstDay(for: row.amountMinor, of: money, from: row.effectiveOn)
            row.effectiveOn = days.use(row.amountMinor, of: ["invoice \(row.invoiceId)"] + money, from: paidOn)
            row.paidOn = paidOn < row.effectiveOn ? paidOn : nil
            return row
        }
    }

    /// Notes what drafts are meant for.
    static func cover(_ covers: [Allocation], actor: String?, at now: Date, in db: isolated Connection) throws {
        guard !covers.isEmpty else { return }
        try db.execute(
            ReceiptsSQL.InsertDraftCovers(
                receipts: covers.map { $0.receipt ?? 0 }, invoices: covers.map(\.invoice), minors: covers.map(\.minor),
                reasons: covers.map(\.reason.rawValue), at: now, actor: actor))
    }

    struct AccountKey: Hashable {
        let creditor, customer: Int
        let currency: String
    }
}

extension IncomingMoney {
    fileprivate init(_ row: ReceiptsSQL.MoneyToAllocate.Row) { self.init(row, withCovers: true) }

    fileprivate init(_ row: ReceiptsSQL.MoneyToAllocate.Row, withCovers: Bool) {
        self.init(
            receipt: row.id, reference: row.reference, bookedOn: row.cashOn, minor: row.minor,
            remittance: row.remittance ?? "", designated: row.designated,
            designation: row.designation.flatMap(Allocation.Reason.init) ?? .remittance)
        remitted = Dictionary(zip(row.designated, row.remitted).filter { $0.1 >= 0 }) { $0 + $1 }
        guard withCovers else { return }
        covers = zip(zip(row.covers, row.coverMinors), row.coverReasons).map { cover, reason in
            DraftCover(
                invoice: cover.0, minor: cover.1, reason: Allocation.Reason(rawValue: reason) ?? .oldestDue)
        }
    }
}

extension CalendarDate {
    /// The day of an instant in UTC, for what belongs to no team's zone.
    init(utc instant: Date) { self.init(daysSince1970: Int((instant.timeIntervalSince1970 / 86_400).rounded(.down))) }
}
