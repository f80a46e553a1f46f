package import Domain
import Foundation
package import Postgres
import Store

/// Reminds customers of what is overdue: a notice for each creditor, customer and currency of which an invoice rises to
/// a higher level today. Below the limit of its currency a notice is approved at once and goes to the outbox, unless the
/// run is dated in the past or ahead.
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
        let matured = try AllocateReceipts.mature(
            team: team.id, through: day, actor: run.actor, at: run.asOf, in: db
        ).drafts
        try DisputesOver.tell(run, team, on: day, in: db)
        let isNow = !run.isPast && !run.isAhead
        let hasReconsidered = try isNow && DunningGate.reconsiderWaiting(of: team.id, at: run.asOf, in: db)
        var report = DunInvoicesReport()
        let made = try decide(
            run, team, on: day, isLedgerCommitted: matured.isEmpty && !hasReconsidered, &report, in: db)
        try publish(made, run, in: db)
        try FinancePackage.order(of: run, team, on: day, hasNotices: !made.isEmpty, heldBecause: nil, in: db)
        return Step(report)
    }

    /// Ids of the notices of a run, in order.
    private struct Made {
        var approved: [Int] = []
        var proposed: [Int] = []

        var isEmpty: Bool { approved.isEmpty && proposed.isEmpty }
    }

    /// Streams the accounts through the rule, and what it proposes into the tables.
    private static func decide(
        _ run: RunContext, _ team: Team, on day: CalendarDate, isLedgerCommitted: Bool,
        _ report: inout DunInvoicesReport, in db: isolated Connection
    ) throws -> Made {
        let rules = try DunningRules(run.company, team: team.code, rates: try RateStore.table(in: db))
        var portion = NoticePortion(run, team, on: day)
        var made = Made()
        try DunningStore.accounts(
            of: team.id, on: day, isPast: run.isPast, by: rules.policy, seesOnlyCommitted: isLedgerCommitted, in: db
        ) { account in
            let verdict = try rules.decide(account, on: day)
            try report.count(verdict.skipped, telling: run.listener)
            guard let notice = verdict.notice else { return }
            var need = rules.policy.approvalNeed(of: notice)
            if need == .none, run.isPast { need = .pastRun }
            if need == .none, run.isAhead { need = .futureRun }
            try portion.add(notice, account, need)
            report.count(notice, isApproved: need == .none)
        } write: {
            portion.take()
        } stored: { notices in
            made.approved += notices.filter(\.isApproved).map(\.id)
            made.proposed += notices.filter { !$0.isApproved }.map(\.id)
        }
        return made
    }

    /// Sets the approved notices on their way, and tells of all.
    private static func publish(_ made: Made, _ run: RunContext, in db: isolated Connection) throws {
        let dispatch = NoticeDispatch(company: run.company, directory: run.directory, now: run.asOf)
        for chunk in made.approved.chunks(of: 5_000) {
            try dispatch.publish(try db.run(DunningSQL.NoticesToPrint(notices: chunk)), run: run.runID, in: db)
        }
        guard let listener = run.listener else { return }
        for chunk in (made.approved + made.proposed).sorted().chunks(of: 1_000) {
            for paper in try NoticePaper.load(chunk, in: db) { try listener.hear(DunInvoicesReport.Notice(paper)) }
        }
    }
}
