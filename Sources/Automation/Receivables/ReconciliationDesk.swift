package import Domain
package import Postgres
import Store

/// Asks customers to confirm the balances of their accounts, and notes what they answer.
package enum ReconciliationDesk {
    /// Which letters of a month.
    package struct Selection: Sendable {
        package var month: CalendarMonth
        package var team, customer: Int?
        /// A code.
        package var creditor: String?

        package init(month: CalendarMonth, team: Int? = nil, customer: Int? = nil, creditor: String? = nil) {
            (self.month, self.team, self.customer, self.creditor) = (month, team, customer, creditor)
        }
    }

    /// Asks about the balances at the end of a month of all accounts that have open items or moved in it. Once: again only
    /// where what is known by now makes it another balance, or of other items.
    ///
    /// - Parameters:
    ///   - asksAgain: false leaves accounts alone that were asked about, whatever is known by now
    ///   - isPreview: the letters, which will be rolled back, draw no numbers
    /// - Returns: the ids of the new letters.
    /// - Throws: a `Problem` when the month is not over.
    package static func create(
        _ selection: Selection, today: CalendarDate, asksAgain: Bool = true, isPreview: Bool = false,
        actor: String, in db: isolated Connection
    ) throws -> [Int] {
        guard selection.month.last <= today else {
            throw Problem(
                .refused, "month_not_over", "\(selection.month) ends on \(selection.month.last), after \(today)",
                advice: "ask when the month is over")
        }
        _ = try db.one(RunsSQL.TakeLock(automation: "reconciliation", team: 0))
        return try db.run(
            ReconciliationsSQL.CreateReconciliations(
                first: selection.month.first, day: selection.month.last, team: selection.team,
                customer: selection.customer, creditor: selection.creditor, asksAgain: asksAgain,
                drawsNumbers: !isPreview,
                actor: actor)
        ).map(\.id)
    }

    package enum Answer: Sendable {
        case confirmed
        /// The balance by the customer's books, a decimal, and what they say about it.
        case differs(amount: String, note: String)
    }

    /// - Parameter day: on which they answered; nil is the day of `asOf`
    /// - Throws: a `Problem` when there is no such letter, a later one asks again, or the answer cannot be so.
    package static func answer(
        _ number: String, _ answer: Answer, on day: CalendarDate?, asOf: AsOf, actor: String, in db: isolated Connection
    ) throws {
        guard let letter = try db.first(ReconciliationsSQL.ByNumber(number: number)) else {
            throw Problem(
                .refused, "no_such_reconciliation", "there is no letter '\(number)'", advice: "ltc reconciliation list")
        }
        if let later = letter.supersededBy {
            throw Problem(.refused, "superseded", "\(later) asked again after \(number)", advice: "answer \(later)")
        }
        let today = asOf.day(in: letter.zone)
        let answeredOn = day ?? today
        guard answeredOn >= letter.balanceOn, answeredOn <= today else {
            throw Problem(
                .refused, "wrong_day",
                "an answer on \(answeredOn) to a balance of \(letter.balanceOn), today being \(today)",
                advice: "--on names the day on which the customer answered")
        }
        var stored = (answer: "confirmed", minor: Int?.none, note: String?.none)
        if case .differs(let amount, let note) = answer {
            let minor = try read(amount, in: Currency(stored: letter.currency))
            guard minor != letter.balanceMinor else {
                throw Problem(
                    .refused, "no_difference", "\(amount) is the balance that \(number) asked about",
                    advice: "ltc reconciliation confirm \(number)")
            }
            stored = ("differs", minor, note)
        }
        try db.execute(
            ReconciliationsSQL.Answer(
                reconciliation: letter.id, answer: stored.answer, theirMinor: stored.minor, note: stored.note,
                day: answeredOn, at: asOf.instant(in: letter.zone), actor: actor))
    }

    private static func read(_ text: String, in currency: Currency) throws(Problem) -> Int {
        do {
            return try Money(text, currency: currency).minor
        } catch {
            throw Problem(
                .usage, "invalid_amount", "'\(text)' is no amount in \(currency)",
                advice: "a decimal with a point and at most \(currency.minorDigits) digits behind it")
        }
    }
}
