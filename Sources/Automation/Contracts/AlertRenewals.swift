import Delivery
package import Domain
import Foundation
package import Postgres
import Store

/// Tells the owners of contracts in time that a term ends, rung by rung, and opens the opportunity of the renewal.
package enum AlertRenewals: Automated {
    package static let name = AutomationName.alertRenewals

    package static func step(_ run: RunContext, in db: isolated Connection) throws -> Step<AlertRenewalsReport> {
        guard let team = run.team else { throw Problem(.defect, "no_team", "renewals are alerted for a team") }
        var report = AlertRenewalsReport()
        let due = try decide(run, team, in: db) { report.skipped.append(.init(contract: $0, reason: $1)) }
        guard !due.isEmpty else { return Step(report) }
        let opportunities = try apply(due, run, team, in: db)
        report.alerts = due.map { alert in
            AlertRenewalsReport.Alert(
                contract: alert.contract.number, customer: alert.contract.customerName, renewal: alert.renewal,
                noticeDeadline: alert.dates.deadline, endsOn: alert.contract.endsOn, rung: alert.rung,
                recipient: alert.recipient.code, opportunity: opportunities[alert.contract.id])
        }
        try Outbox.post(due.compactMap { mail($0, run, team) }, in: db)
        return Step(report)
    }

    private struct Due {
        let contract: RenewalsSQL.TermsToAlert.Row
        let renewal: RenewalKind
        let dates: RenewalRules.Dates
        let rung: Int
        let opens: Bool
        let recipient: Member
        /// What the renewal is worth, the uplift included.
        let amount: Money?
    }

    private static func decide(
        _ run: RunContext, _ team: Team, in db: isolated Connection, _ skip: (String, RenewalReason) -> Void
    ) throws -> [Due] {
        let rules = RenewalRules(run.company.renewals, calendar: team.clock.calendar)
        let day = team.clock.date(of: run.asOf)
        return try db.run(RenewalsSQL.TermsToAlert(team: team.id)).compactMap { row in
            let term = try ContractTerm(row)
            guard case .success(let dates) = rules.dates(of: term) else {
                if case .failure(let reason) = rules.dates(of: term) { skip(row.number, reason) }
                return nil
            }
            let alerted = zip(row.alertedTerms, row.alertedRungs).filter { $0.0 == dates.termEndsOn }.map(\.1)
            let hasOpportunity = row.openedTerms.contains(dates.termEndsOn)
            switch rules.verdict(for: term, on: day, alerted: Set(alerted), hasOpportunity: hasOpportunity) {
            case .skip(let reason):
                skip(row.number, reason)
                return nil
            case .alert(let dates, let rung, let opens):
                guard let recipient = recipient(of: row.owner, in: team, run.directory) else {
                    skip(row.number, .noRecipient)
                    return nil
                }
                return Due(
                    contract: row, renewal: term.renewal, dates: dates, rung: rung, opens: opens, recipient: recipient,
                    amount: try amount(of: row))
            }
        }
    }

    /// The owner, or the team's manager when there is none or the owner has no address.
    private static func recipient(of owner: Int?, in team: Team, _ directory: Directory) -> Member? {
        let candidates = [owner.flatMap { directory.member(id: $0) }, directory.manager(of: team.id)].compactMap { $0 }
        return candidates.first { $0.email != nil } ?? candidates.first
    }

    private static func amount(of row: RenewalsSQL.TermsToAlert.Row) throws -> Money? {
        guard let minor = row.amountMinor, let code = row.currency else { return nil }
        return Money(minor: minor, currency: try Currency(stored: code)).raised(byPercent: row.upliftPercent ?? 0)
    }

    /// - Returns: the opportunities that were opened, by contract.
    private static func apply(
        _ due: [Due], _ run: RunContext, _ team: Team, in db: isolated Connection
    ) throws -> [Int: Int] {
        try db.execute(RenewalsSQL.CreateAlertStaging())
        try db.execute(RenewalsSQL.EmptyAlertStaging())
        try db.copy(
            due.enumerated().map { ordinal, alert in
                RenewalsSQL.CopyAlert(
                    ordinal: ordinal, contractId: alert.contract.id, termEndsOn: alert.dates.termEndsOn,
                    rung: alert.rung,
                    noticeDeadline: alert.dates.deadline, memberId: alert.recipient.id, opens: alert.opens,
                    title: "Renewal of \(alert.contract.number)", amountMinor: alert.amount?.minor,
                    currency: alert.amount?.currency.code)
            })
        try db.execute(
            RenewalsSQL.OpenRenewals(
                team: team.id, day: team.clock.date(of: run.asOf), at: run.asOf, actor: run.actor, run: run.runID,
                version: run.configurationVersion))
        let rows = try db.run(
            RenewalsSQL.InsertAlerts(
                team: team.id, at: run.asOf, actor: run.actor, run: run.runID, version: run.configurationVersion))
        return Dictionary(uniqueKeysWithValues: rows.compactMap { row in row.opportunity.map { (row.contract, $0) } })
    }

    private static func mail(_ alert: Due, _ run: RunContext, _ team: Team) -> OutgoingMessage? {
        guard let email = alert.recipient.email else { return nil }
        let letter = RenewalAlertLetter(
            contract: alert.contract.number, title: alert.contract.title, customer: alert.contract.customerName,
            renewal: alert.renewal, endsOn: alert.contract.endsOn, deadline: alert.dates.deadline,
            day: team.clock.date(of: run.asOf), amount: alert.amount, opensOpportunity: alert.opens)
        let language = alert.recipient.language
        return OutgoingMessage(
            kind: .renewalAlert, team: team.id, subjectKind: "contract", subjectID: alert.contract.id,
            member: alert.recipient.id, customer: alert.contract.customer, recipient: email,
            subject: letter.subject(in: language), body: letter.text(in: language), language: language, run: run.runID)
    }
}

extension ContractTerm {
    fileprivate init(_ row: RenewalsSQL.TermsToAlert.Row) throws {
        self = try ContractTerm(
            stored: row.renewal, endsOn: row.endsOn, notice: row.noticePeriod, reviewOn: row.reviewOn)
    }

    /// - Throws: a defect, since the table's checks let nothing else in.
    package init(stored renewal: String, endsOn: CalendarDate?, notice: String?, reviewOn: CalendarDate?) throws {
        let period = notice.map { NoticePeriod($0) }
        guard let kind = RenewalKind(rawValue: renewal), period != .some(nil) else {
            throw Problem(
                .defect, "unreadable_contract", "a contract renews '\(renewal)' with notice '\(notice ?? "")'")
        }
        self.init(renewal: kind, endsOn: endsOn, notice: period ?? nil, reviewOn: reviewOn)
    }
}
