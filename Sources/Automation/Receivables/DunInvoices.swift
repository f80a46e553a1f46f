package import Domain
import Foundation
package import Postgres
import Store

/// Reminds customers of what is overdue: a notice for each creditor, customer and currency of which an invoice rises to
/// a higher level today. Below the limit of its currency a notice is approved at once and goes to the outbox, unless the
/// run is dated in the past.
package enum DunInvoices: Automated {
    package static let name = AutomationName.dunInvoices

    /// All of a team's accounts in one transaction, so that a run appears whole or not at all; in pieces, so that a
    /// million invoices take no more memory than ten thousand.
    package static func step(_ run: RunContext, in db: isolated Connection) throws -> Step<DunInvoicesReport> {
        guard let team = run.team else { throw Problem(.defect, "no_team", "dunning is run for a team") }
        let day = team.clock.date(of: run.asOf)
        run.listener?.begin(team.code)
        guard try db.one(MessagesSQL.Switch(name: "dunning")).isOn else {
            let reason = "dunning_is_off"
            try FinancePackage.order(of: run, team, on: day, hasNotices: false, heldBecause: reason, in: db)
            return Step(DunInvoicesReport(), .held(reason: reason))
        }
        try AllocateReceipts.mature(team: team.id, through: day, actor: run.actor, at: run.asOf, in: db)
        try DisputesOver.tell(run, team, on: day, in: db)
        var report = DunInvoicesReport()
        let staged = try stage(run, team, on: day, &report, in: db)
        try apply(staged, run, team, on: day, in: db)
        try FinancePackage.order(of: run, team, on: day, hasNotices: !staged.isEmpty, heldBecause: nil, in: db)
        return Step(report)
    }

    /// Ids of the notices of a run, in order.
    private struct Staged {
        var approved: [Int] = []
        var proposed: [Int] = []

        var isEmpty: Bool { approved.isEmpty && proposed.isEmpty }
    }

    /// Streams the accounts through the rule, and what it proposes into staging.
    private static func stage(
        _ run: RunContext, _ team: Team, on day: CalendarDate, _ report: inout DunInvoicesReport,
        in db: isolated Connection
    ) throws -> Staged {
        let rules = try DunningRules(run.company, team: team.code, rates: try RateStore.table(in: db))
        try db.execute(DunningSQL.CreateStaging())
        try db.execute(DunningSQL.CreateItemStaging())
        try db.execute(DunningSQL.CreateChargeStaging())
        try db.execute(DunningSQL.EmptyStaging())
        var staged = Staged()
        try DunningStore.accounts(of: team.id, on: day, by: rules.policy, in: db) { accounts in
            var decided: [(account: DebtorAccount, notice: DunningNotice)] = []
            for account in accounts {
                let verdict = try rules.decide(account, on: day)
                try report.count(verdict.skipped, telling: run.listener)
                if let notice = verdict.notice { decided.append((account, notice)) }
            }
            return decided
        } apply: { decided in
            let ids = try db.run(DunningSQL.DrawNotices(count: decided.count)).map(\.id)
            var notices: [DunningSQL.CopyNotice] = []
            var items: [DunningSQL.CopyItem] = []
            var charges: [DunningSQL.CopyCharge] = []
            for (id, (account, notice)) in zip(ids, decided) {
                var need = rules.policy.approvalNeed(of: notice)
                if need == .none, run.isPast { need = .pastRun }
                notices.append(try copy(notice, id, account, need))
                items += notice.items.map { copy($0, id, notice.currency) }
                charges += notice.charges.map {
                    DunningSQL.CopyCharge(
                        noticeId: id, invoiceId: $0.item.id, currency: notice.currency.code,
                        openMinor: $0.item.openMinor)
                }
                if need == .none { staged.approved.append(id) } else { staged.proposed.append(id) }
                report.count(notice, isApproved: need == .none)
            }
            try db.copy(notices)
            try db.copy(items)
            if !charges.isEmpty { try db.copy(charges) }
        }
        return staged
    }

    private static func copy(
        _ notice: DunningNotice, _ id: Int, _ account: DebtorAccount, _ need: ApprovalNeed
    ) throws -> DunningSQL.CopyNotice {
        DunningSQL.CopyNotice(
            id: id, creditorId: account.creditor, customerId: account.customer,
            currency: account.currency.code, procedure: notice.procedure, level: notice.level,
            openMinor: notice.openMinor, chargesMinor: notice.chargesMinor, interestMinor: notice.interestMinor,
            compensationMinor: notice.compensationMinor, feeMinor: notice.feeMinor, creditMinor: notice.creditMinor,
            payBy: notice.payBy, approved: need == .none, approval: need.reason, channel: notice.channel.rawValue,
            channelReason: notice.isWithoutAddress ? "no_address" : nil,
            feeComputation: try notice.storedFeeComputation,
            compensationSource: notice.compensationSource)
    }

    private static func copy(_ item: DunningNotice.Item, _ notice: Int, _ currency: Currency) -> DunningSQL.CopyItem {
        DunningSQL.CopyItem(
            noticeId: notice, invoiceId: item.item.id, currency: currency.code, daysOverdue: item.daysOverdue,
            openMinor: item.item.openMinor, levelBefore: item.item.level, level: item.level,
            postedMinor: item.item.postedMinor, interestMinor: item.interestMinor,
            compensationMinor: item.compensationMinor, computation: item.storedComputation)
    }

    /// Stores what is staged, with its events, and sets the approved notices on their way.
    private static func apply(
        _ staged: Staged, _ run: RunContext, _ team: Team, on day: CalendarDate, in db: isolated Connection
    ) throws {
        try db.execute(
            DunningSQL.InsertNotices(
                run: run.runID, day: day, team: team.id, drawsNumbers: !run.isPreview, actor: run.actor, now: run.asOf))
        try db.execute(DunningSQL.InsertItems(team: team.id))
        try db.execute(DunningSQL.InsertCharges(team: team.id))
        for (kind, notices) in [("notice_proposed", staged.proposed), ("notice_approved", staged.approved)] {
            try db.execute(
                DunningSQL.RecordNoticeEvents(
                    notices: notices, kind: kind, fromState: nil, actor: run.actor, at: run.asOf, run: run.runID,
                    version: run.configurationVersion, reason: nil))
        }
        let dispatch = NoticeDispatch(company: run.company, directory: run.directory, now: run.asOf)
        for chunk in staged.approved.chunks(of: 5_000) {
            try dispatch.publish(try db.run(DunningSQL.NoticesToPrint(notices: chunk)), run: run.runID, in: db)
        }
        guard let listener = run.listener else { return }
        for chunk in (staged.approved + staged.proposed).sorted().chunks(of: 1_000) {
            for paper in try NoticePaper.load(chunk, in: db) { try listener.hear(DunInvoicesReport.Notice(paper)) }
        }
    }
}

extension Array {
    /// Its elements in order, so many at a time.
    func chunks(of size: Int) -> some Sequence<[Element]> {
        stride(from: 0, to: count, by: size).lazy.map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
