package import Domain
package import Postgres
import Store

/// Asks the customers of a finance team to confirm their balances at the end of the last month that is over: each account
/// once a month, by mail or, where there is no address, by a letter that somebody in the house posts.
package enum SendReconciliations: Automated {
    package static let name = AutomationName.sendReconciliations

    package static func step(_ run: RunContext, in db: isolated Connection) throws -> Step<SendReconciliationsReport> {
        guard let team = run.team else { throw Problem(.defect, "no_team", "balances are asked about for a team") }
        let day = team.clock.date(of: run.asOf)
        let month = CalendarMonth(of: day.adding(days: 1)).adding(months: -1)
        let letters = try ReconciliationDesk.create(
            .init(month: month, team: team.id), today: day, asksAgain: false, isPreview: run.isPreview,
            actor: run.actor,
            in: db)
        var report = SendReconciliationsReport()
        let dispatch = NoticeDispatch(company: run.company, directory: run.directory, now: run.asOf)
        for some in letters.chunks(of: chunk) {
            var messages: [OutgoingMessage] = []
            for row in try db.run(ReconciliationsSQL.ToSend(reconciliations: some)) {
                let posted = ReconciliationPost.messages(for: row, month, dispatch, run: run.runID)
                messages += posted
                report.letters.append(
                    .init(
                        letter: run.isPreview ? nil : row.number, creditor: row.creditor, customer: row.customerNumber,
                        balance: Money(minor: row.balanceMinor, currency: try Currency(stored: row.currency)),
                        channel: posted.isEmpty ? nil : row.email == nil ? .letter : .mail))
            }
            try Outbox.post(messages, in: db)
        }
        return Step(report)
    }

    /// Few enough to be in memory with their mails.
    private static let chunk = 1_000
}

/// What a run asked: `run send-reconciliations` of the interface.
package struct SendReconciliationsReport: AutomationReport {
    package struct Letter: Encodable, Sendable {
        /// Nil in a preview, which draws no numbers.
        package let letter: String?
        package let creditor, customer: String
        /// Above zero when the customer owes.
        package let balance: Money
        /// `mail`, or `letter` for one that a member is asked to post; nil where there is nobody to ask.
        package let channel: DunningChannel?
    }

    package var letters: [Letter] = []

    package init() {}

    package mutating func add(_ other: SendReconciliationsReport) { letters += other.letters }

    package var counts: [String: Int] {
        [
            "letters": letters.count, "mails": letters.count { $0.channel == .mail },
            "to_post": letters.count { $0.channel == .letter }, "unsent": letters.count { $0.channel == nil },
        ]
    }
}
