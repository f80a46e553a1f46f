import Delivery
import Domain
package import Foundation
package import Postgres
import Store

/// Looks at a notice once more, under lock, just before its letter is sent: what was paid since is no longer asked for.
package enum DunningGate {
    /// Nothing left: the notice is cancelled. Less: the letter says the lower total, under the same
    /// approval. More (a payment was reversed): a person decides again.
    package static func look(
        _ message: QueuedMessage, at now: Date, in db: isolated Connection
    ) throws -> DeliveryHooks.Verdict {
        guard let head = try db.first(DunningSQL.LockNotice(notice: message.subjectId)) else {
            return .cancel(reason: "no_such_notice")
        }
        let isTask = message.subjectKind == DunningTask.subjectKind
        let states = isTask ? ["approved"] : ["approved", "sending", "held", "failed", "bounced", "uncertain"]
        guard states.contains(head.state) else { return .cancel(reason: "notice_\(head.state)") }
        // What came back took another way: its mail is not sent again.
        guard isTask == (head.channel != DunningChannel.mail.rawValue) else {
            return .cancel(reason: "notice_goes_by_\(head.channel.replacing("-", with: "_"))")
        }
        if head.isSuperseded { return try cancel(head, because: "superseded", at: now, in: db) }
        if let day = try workingDay(for: message, head, at: now, in: db) { return .wait(until: day) }
        let verdict = try decide(head, at: now, in: db)
        guard let notice = verdict.notice else { return try cancel(head, because: why(verdict), at: now, in: db) }
        if try !stands(head, with: notice, at: now, in: db) { return .cancel(reason: "proposed_again") }
        try moveDeadline(of: head, notice, at: now, in: db)
        if let other = try redirect(head, notice, at: now, in: db) { return other }
        if !isTask { try db.execute(DunningSQL.SetNoticeState(notice: head.id, state: "sending", reason: nil)) }
        return .send
    }

    /// When the next working day begins, if it is not today: the message was held up, or no daemon ran.
    private static func workingDay(
        for message: QueuedMessage, _ head: DunningSQL.LockNotice.Row, at now: Date, in db: isolated Connection
    ) throws -> Date? {
        // For that day it was looked at when it was written.
        let planned = AsOf.instant(message.notBefore ?? message.createdAt).day(in: head.zone)
        guard planned != AsOf.instant(now).day(in: head.zone) else { return nil }
        return try NoticeDispatch.current(at: now, in: db).dueAt(.init(team: message.teamId, country: head.country))
    }

    /// Looks at a notice that came back and is to go another way, after its levels were withdrawn: where nothing of it is
    /// asked for any more, or a later one asks for it, it is cancelled; otherwise it is sent on, and asks for what is open
    /// now.
    static func lookAgain(
        _ notice: Int, at now: Date, in db: isolated Connection, sendOn: () throws -> Void
    ) throws {
        guard let head = try db.first(DunningSQL.LockNotice(notice: notice)) else { return }
        let verdict = try decide(head, at: now, in: db)
        if let notice = verdict.notice, !head.isSuperseded {
            try sendOn()
            _ = try stands(head, with: notice, at: now, in: db)
            try moveDeadline(of: head, notice, at: now, in: db)
        } else {
            _ = try cancel(head, because: head.isSuperseded ? "superseded" : why(verdict), at: now, in: db)
        }
    }

    /// Looks at what waits for a person in a team, and of which something changed: what was paid since is neither approved nor
    /// posted.
    ///
    /// - Returns: whether there was any.
    static func reconsiderWaiting(of team: Int, at now: Date, in db: isolated Connection) throws -> Bool {
        let changed = try db.run(DunningSQL.ChangedOfTeam(team: team)).map(\.id)
        let before = try db.run(DunningSQL.LockNotices(notices: changed))
        for notice in changed { _ = try reconsider(notice, at: now, in: db) }
        let after = try db.run(DunningSQL.LockNotices(notices: changed))
        // Who saw it has to look again; of one that was approved they are told where it is proposed again.
        for (old, new) in zip(before, after)
        where old.state == "proposed" && new.state == "proposed" && new.totalMinor > old.totalMinor {
            try NoticeNews.isProposedAgain(new.id, at: now, in: db)
        }
        return !changed.isEmpty
    }

    /// Looks at a notice that has not gone out, since something else became of its account. Who was asked to post it already is
    /// asked again, for what it says now, or told that it is over.
    ///
    /// - Returns: whether it is still asked for.
    static func reconsider(_ notice: Int, at now: Date, in db: isolated Connection) throws -> Bool {
        guard let head = try db.first(DunningSQL.LockNotice(notice: notice)) else { return false }
        let isInHand = try head.state == "approved" && db.one(DunningSQL.IsInHand(notice: head.id)).isInHand
        let verdict = try decide(head, at: now, in: db)
        guard let notice = verdict.notice else {
            _ = try cancel(head, because: why(verdict), at: now, in: db)
            if isInHand { try NoticeNews.isOver(head.id, because: why(verdict), at: now, in: db) }
            return false
        }
        guard differs(head, notice) else { return true }
        if head.state == "proposed" {
            try recompute(head, as: notice, at: now, in: db)
            _ = try redirect(head, notice, at: now, in: db)
            return true
        }
        if try stands(head, with: notice, at: now, in: db), try redirect(head, notice, at: now, in: db) == nil, isInHand
        {
            try publish(head.id, at: now, in: db)
        }
        return true
    }

    /// A notice of which the highest item fell away goes the way of the level that it has now. What came back once keeps the
    /// way that it took then.
    private static func redirect(
        _ head: DunningSQL.LockNotice.Row, _ notice: DunningNotice, at now: Date, in db: isolated Connection
    ) throws -> DeliveryHooks.Verdict? {
        let hasComeBack = head.channelReason != nil && head.channelReason != "no_address"
        guard notice.level != head.level, notice.channel.rawValue != head.channel, !hasComeBack else { return nil }
        try db.execute(
            DunningSQL.SetChannel(
                notice: head.id, channel: notice.channel.rawValue,
                reason: notice.isWithoutAddress ? "no_address" : nil))
        try publish(head.id, at: now, in: db)
        return .cancel(reason: "notice_goes_by_\(notice.channel.rawValue.replacing("-", with: "_"))")
    }

    /// Sets it on its way, if it is approved.
    private static func publish(_ notice: Int, at now: Date, in db: isolated Connection) throws {
        let papers = try NoticePaper.load([notice], in: db)
        try NoticeDispatch.current(at: now, in: db).publish(papers.map(\.head), run: nil, in: db)
    }

    private static func differs(_ head: DunningSQL.LockNotice.Row, _ notice: DunningNotice) -> Bool {
        notice.totalMinor != head.totalMinor || notice.level != head.level
    }

    /// Less is asked for under the same approval; for more, somebody has to approve again, and sees what is asked for now.
    ///
    /// - Returns: whether its approval holds.
    private static func stands(
        _ head: DunningSQL.LockNotice.Row, with notice: DunningNotice, at now: Date, in db: isolated Connection
    ) throws -> Bool {
        if differs(head, notice) { try recompute(head, as: notice, at: now, in: db) }
        guard notice.totalMinor > head.totalMinor else { return true }
        try db.execute(DunningSQL.ProposeAgain(notice: head.id))
        try record("notice_proposed", head, at: now, in: db)
        try NoticeNews.isProposedAgain(head.id, at: now, in: db)
        return false
    }

    /// However long it waited, its customer has as long to pay as if it had gone out on the day of its run.
    private static func moveDeadline(
        of head: DunningSQL.LockNotice.Row, _ notice: DunningNotice, at now: Date, in db: isolated Connection
    ) throws {
        let today = max(head.runDate, AsOf.instant(now).day(in: head.zone))
        try db.execute(
            DunningSQL.MoveDeadline(
                notice: head.id, payBy: today.adding(days: notice.payBy.days(since: head.runDate))))
    }

    /// In the transaction that records what became of the letter. Only an accepted notice reaches its level; one that
    /// bounces loses it, and takes the next channel, as one does that no mail server can take to its customer.
    package static func settled(
        _ message: QueuedMessage, _ fate: DeliveryHooks.Fate, reason: String?, at now: Date, in db: isolated Connection
    ) throws {
        guard fate != .cancelled, let head = try db.first(DunningSQL.LockNotice(notice: message.subjectId)) else {
            return
        }
        // Reversed since, or already on another way: a late report, or word of a person, changes nothing.
        let isOver = ["reversed", "cancelled", "rejected"].contains(head.state)
        if isOver || fate == .accepted && head.state == "sent" { return }
        if fate == .bounced, !["sent", "uncertain"].contains(head.state) { return }
        let state = fate == .accepted ? "sent" : fate.rawValue
        try db.execute(DunningSQL.SetNoticeState(notice: head.id, state: state, reason: reason))
        if fate == .accepted {
            // From when the customer has it, which may be days after the run.
            let day = max(head.runDate, AsOf.instant(now).day(in: head.zone))
            try DunningDesk.accept(head.id, on: day, actor: "ltcd", at: now, in: db)
        }
        try record("notice_\(state)", head, at: now, in: db)
        let isUnreachable = fate == .failed && reason.map(Self.unreachable.contains) ?? false
        if fate == .bounced || isUnreachable {
            let reason = fate == .bounced ? "bounced" : reason ?? "failed"
            _ = try DunningDesk.returned([head.id], reason: reason, actor: "ltcd", at: now, in: db)
        } else if [.failed, .held, .uncertain].contains(fate), reason != MessageDesk.byHand {
            try StuckNotice.tell(message, of: head.run, fate, because: reason ?? fate.rawValue, at: now, in: db)
        }
    }

    /// Why a mail failed when no other mail would fare better: the address is wrong, or it is larger than may be sent.
    private static let unreachable: Set = [NextStep.noSuchAddress, "bad_address", NextStep.tooLarge]

    /// The rule of the run once more, with its own day and configuration, about what is open, held, disputed and promised now.
    private static func decide(
        _ head: DunningSQL.LockNotice.Row, at now: Date, in db: isolated Connection
    ) throws -> DunningRules.Verdict {
        guard let document = head.configuration else {
            throw Problem(.defect, "no_configuration", "notice \(head.id) names no configuration version")
        }
        let company = try JSONDecoder().decode(Company.self, from: Data(document.utf8))
        let rules = try DunningRules(company, team: head.team, rates: try RateStore.table(in: db))
        let today = max(head.runDate, AsOf.instant(now).day(in: head.zone))
        var account = try account(of: head, on: today, by: rules.policy, in: db)
        if account.hasMaturedDrafts(on: today) {
            try AllocateReceipts.mature(
                customer: head.customer, through: today, actor: "ltcd", at: now, in: db)
            account = try self.account(of: head, on: today, by: rules.policy, in: db)
        }
        account.obstaclesOn = today
        return try rules.decide(account, on: head.runDate)
    }

    private static func account(
        of head: DunningSQL.LockNotice.Row, on today: CalendarDate, by policy: DunningPolicy,
        in db: isolated Connection
    ) throws -> DebtorAccount {
        let (creditor, customer, currency) = (head.creditor, head.customer, head.currency)
        let rows = try db.run(DunningSQL.LockNoticeItems(notice: head.id))
        _ = try db.run(ChargesSQL.LockAccountCharges(creditor: creditor, customer: customer, currency: currency))
        let obstacles = try DunningObstacles.load(customer: customer, tolerance: policy.promiseTolerance, in: db)
        let credit = try db.one(
            DunningSQL.AccountCredit(creditor: creditor, customer: customer, currency: currency, day: today))
        let total = InvoicesSQL.AccountTotal(
            creditor: creditor, customer: customer, currency: currency,
            since: head.runDate.adding(days: 1 - DebtorAccount.percentWindow))
        var account = DebtorAccount(
            creditor: creditor, customer: customer, currency: try Currency(stored: currency),
            procedure: head.customerProcedure,
            items: rows.map { row in
                var item = OpenItem(
                    id: row.invoice, number: row.number, issuedOn: row.issuedOn, dueOn: row.dueOn,
                    openMinor: row.openMinor, level: row.levelBefore, lastNoticeOn: row.lastNoticeOn)
                item.instalmentOf = row.instalmentOf
                item.procedure = row.procedure
                item.contractProcedure = row.contractProcedure
                item.isShiftedOffHolidays = row.shiftsDueDate
                item.obstacles = obstacles.of(invoice: row.invoice)
                item.originalMinor = row.originalMinor
                item.contractOn = row.contractOn
                return item
            }, creditMinor: credit.minor, percentBaseMinor: try db.one(total).minor)
        account.creditorCode = head.creditorCode
        (account.hasEmail, account.hasAddress) = (head.hasEmail, head.hasAddress)
        account.group = head.groupCode
        account.holds = obstacles.of(customer: customer)
        try ChargeStore.load(into: &account, on: head.runDate, obstacles: obstacles, in: db)
        return account
    }

    private static func recompute(
        _ head: DunningSQL.LockNotice.Row, as notice: DunningNotice, at now: Date, in db: isolated Connection
    ) throws {
        let (items, charges) = (notice.items, notice.charges.map(\.item))
        try db.execute(DunningSQL.DropItems(notice: head.id, keeping: items.map(\.item.id) + charges.map(\.id)))
        try db.execute(
            DunningSQL.ChangeItems(
                notice: head.id, invoices: items.map(\.item.id), opens: items.map(\.item.openMinor),
                posted: items.map(\.item.postedMinor), interests: items.map(\.interestMinor),
                compensations: items.map(\.compensationMinor), levels: items.map(\.level),
                levelsBefore: items.map(\.item.level),
                computations: items.map(\.storedComputation)))
        try db.execute(
            DunningSQL.ChangeCharges(
                notice: head.id, invoices: charges.map(\.id), opens: charges.map(\.openMinor)))
        try db.execute(
            DunningSQL.ChangeNotice(
                notice: head.id, procedure: notice.procedure, level: notice.level, openMinor: notice.openMinor,
                chargesMinor: notice.chargesMinor,
                interestMinor: notice.interestMinor, compensationMinor: notice.compensationMinor,
                feeMinor: notice.feeMinor, creditMinor: notice.creditMinor,
                feeComputation: try notice.storedFeeComputation,
                compensationSource: notice.compensationSource, reason: "recomputed"))
        try record("notice_recomputed", head, at: now, in: db)
    }

    /// Why there is no notice: a snake_case code.
    private static func why(_ verdict: DunningRules.Verdict) -> String {
        let reason = verdict.skipped.contains { $0.reason != .paid } ? verdict.skipped.last?.reason : .paid
        return (reason ?? .paid).rawValue
    }

    private static func cancel(
        _ head: DunningSQL.LockNotice.Row, because reason: String, at now: Date, in db: isolated Connection
    ) throws -> DeliveryHooks.Verdict {
        try db.execute(DunningSQL.SetNoticeState(notice: head.id, state: "cancelled", reason: reason))
        try record("notice_cancelled", head, at: now, in: db)
        return .cancel(reason: reason)
    }

    private static func record(
        _ kind: String, _ head: DunningSQL.LockNotice.Row, at now: Date, in db: isolated Connection
    ) throws {
        try db.execute(
            DunningSQL.RecordNoticeEvents(
                notices: [head.id], kind: kind, fromState: head.state, actor: "ltcd", at: now, run: head.run,
                version: head.version, reason: nil))
    }
}
