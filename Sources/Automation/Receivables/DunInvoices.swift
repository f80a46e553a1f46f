package import Domain
import Foundation
package import Postgres
import Store

/// Reminds customers of what is overdue: a notice for each creditor, customer and currency of which an invoice rises to
/// a higher level today. Below the limit of its currency a notice is approved at once and goes to the outbox, unless the
/// run is dated in the past.
package enum DunInvoices: Automated {
    package static let name = AutomationName.dunInvoices

    /// All of a team's accounts in one transaction, so that a run appears whole or not at all.
    package static func step(_ run: RunContext, in db: isolated Connection) throws -> Step<DunInvoicesReport> {
        guard let team = run.team else { throw Problem(.defect, "no_team", "dunning is run for a team") }
        let day = team.clock.date(of: run.asOf)
        guard try db.one(MessagesSQL.Switch(name: "dunning")).isOn else {
            let reason = "dunning_is_off"
            try FinancePackage.write(run, team, on: day, [], skipped: [:], heldBecause: reason, in: db)
            return Step(DunInvoicesReport(), .held(reason: reason))
        }
        try AllocateReceipts.mature(team: team.id, through: day, actor: run.actor, at: run.asOf, in: db)
        try DisputesOver.tell(run, team, on: day, in: db)
        var report = DunInvoicesReport()
        try stage(run, team, on: day, in: db) { report.skip($0) }
        let notices = try apply(run, team, on: day, in: db)
        let papers = try NoticePaper.load(notices, in: db)
        let dispatch = NoticeDispatch(company: run.company, directory: run.directory, now: run.asOf)
        try dispatch.publish(papers, run: run.runID, in: db)
        for paper in papers { report.add(paper) }
        let skipped = report.skipped.reduce(into: [:]) { $0[$1.reason.rawValue, default: 0] += 1 }
        try FinancePackage.write(run, team, on: day, papers, skipped: skipped, heldBecause: nil, in: db)
        return Step(report)
    }

    /// Streams the accounts through the rule, and what it proposes into staging.
    private static func stage(
        _ run: RunContext, _ team: Team, on day: CalendarDate, in db: isolated Connection,
        _ skip: ([DunningRules.Skipped]) -> Void
    ) throws {
        let rules = try DunningRules(run.company, team: team.code, rates: try RateStore.table(in: db))
        try db.execute(DunningSQL.CreateStaging())
        try db.execute(DunningSQL.CreateItemStaging())
        try db.execute(DunningSQL.EmptyStaging())
        var ordinal = 0
        try DunningStore.accounts(of: team.id, on: day, by: rules.policy, in: db) { accounts in
            var notices: [DunningSQL.CopyNotice] = []
            var items: [DunningSQL.CopyItem] = []
            for account in accounts {
                let verdict = try rules.decide(account, on: day)
                skip(verdict.skipped)
                guard let notice = verdict.notice else { continue }
                ordinal += 1
                notices.append(staged(notice, ordinal, account, rules.policy.approvalNeed(of: notice), run))
                items += notice.items.map { staged($0, ordinal) }
            }
            try db.copy(notices)
            try db.copy(items)
        }
    }

    private static func staged(
        _ notice: DunningNotice, _ ordinal: Int, _ account: DebtorAccount, _ need: ApprovalNeed, _ run: RunContext
    ) -> DunningSQL.CopyNotice {
        let need = need == .none && run.isPast ? .pastRun : need
        return DunningSQL.CopyNotice(
            ordinal: ordinal, creditorId: account.creditor, customerId: account.customer,
            currency: account.currency.code, procedure: notice.procedure, level: notice.level,
            openMinor: notice.openMinor, interestMinor: notice.interestMinor, feeMinor: notice.feeMinor,
            creditMinor: notice.creditMinor, payBy: notice.payBy, approved: need == .none, approval: need.reason,
            channel: notice.channel.rawValue, channelReason: notice.isWithoutAddress ? "no_address" : nil)
    }

    private static func staged(_ item: DunningNotice.Item, _ ordinal: Int) -> DunningSQL.CopyItem {
        DunningSQL.CopyItem(
            ordinal: ordinal, invoiceId: item.item.id, daysOverdue: item.daysOverdue, openMinor: item.item.openMinor,
            levelBefore: item.item.level, level: item.level, interestMinor: item.interestMinor,
            computation: item.storedComputation)
    }

    /// - Returns: the ids of the new notices, in order.
    private static func apply(
        _ run: RunContext, _ team: Team, on day: CalendarDate, in db: isolated Connection
    ) throws -> [Int] {
        let rows = try db.run(
            DunningSQL.InsertNotices(
                run: run.runID, day: day, team: team.id, drawsNumbers: !run.isPreview, actor: run.actor, now: run.asOf))
        try db.execute(DunningSQL.InsertItems(run: run.runID, team: team.id))
        for (kind, states) in [("notice_proposed", ["proposed", "held"]), ("notice_approved", ["approved"])] {
            let notices = rows.filter { states.contains($0.state) }.map(\.id)
            try db.execute(
                DunningSQL.RecordNoticeEvents(
                    notices: notices, kind: kind, fromState: nil, actor: run.actor, at: run.asOf, run: run.runID,
                    version: run.configurationVersion, reason: nil))
        }
        return rows.map(\.id)
    }
}
