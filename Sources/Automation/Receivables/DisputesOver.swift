import Domain
import Postgres
import Store

/// A dispute whose day is over no longer keeps its part from being dunned; who sees to it is told, once.
enum DisputesOver {
    /// In the transaction of the run that takes up dunning again.
    static func tell(_ run: RunContext, _ team: Team, on day: CalendarDate, in db: isolated Connection) throws {
        let over = try db.run(DunningObstaclesSQL.ExpiredDisputes(team: team.id, day: day, now: run.asOf))
        try Outbox.post(
            try over.sorted { $0.id < $1.id }.compactMap { dispute in
                // What is paid is not dunned again.
                guard dispute.openMinor > 0, let owner = run.directory.member(id: dispute.owner),
                    let email = owner.email
                else { return nil }
                let currency = try Currency(stored: dispute.currency)
                let words = Words.of(owner.language)
                let amount = Money(minor: dispute.amountMinor, currency: currency)
                let open = Money(minor: dispute.openMinor, currency: currency)
                return OutgoingMessage(
                    kind: .reminder, team: team.id, subjectKind: "dispute", subjectID: dispute.id, member: owner.id,
                    recipient: email, subject: "\(words.over): \(dispute.invoice) (\(dispute.customer))",
                    body: """
                        \(words.over): \(dispute.invoice), \(dispute.customer)
                        \(words.disputed): \(amount) (\(dispute.reason)), \(words.until) \(dispute.untilOn)
                        \(words.open): \(open)

                        \(words.next)
                        ltc invoice explain \(dispute.invoice)

                        """,
                    language: owner.language, run: run.runID)
            }, in: db)
    }

    private struct Words {
        let over, disputed, until, open, next: String

        static func of(_ language: String) -> Words { language.hasPrefix("zh") ? chinese : english }

        static let english = Words(
            over: "A dispute is over", disputed: "Disputed", until: "until", open: "Open",
            next:
                "It no longer keeps the invoice from being dunned. If it is not settled, open another one, or hold the invoice."
        )
        static let chinese = Words(
            over: "争议已到期", disputed: "争议金额", until: "截至", open: "未付金额", next: "该争议不再使发票免于催收。如尚未解决，请另行提出争议或暂停催收。")
    }
}
