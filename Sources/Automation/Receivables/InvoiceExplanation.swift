package import Domain

/// Why an invoice stands where it stands: its level, what a run of the day decides and why, and what comes next.
package struct InvoiceExplanation: Encodable, Sendable {
    package struct Procedure: Encodable, Sendable {
        package let name: String
        package let graceDays: Int
        package let minimumInterval: Int
        package let levels: [Level]
    }

    package struct Level: Encodable, Sendable {
        package let level: Int
        package let afterDays: Int
        /// The day on which the invoice is overdue so long.
        package let on: CalendarDate
        /// What the invoices of the level and above must come to; nil is any amount.
        package let minimum: Money?
        /// And what part of the account.
        package let minimumPercent: Int
        package let repeatEvery: Int?
        package let channels: [DunningChannel]
    }

    /// What a run of the day decides.
    package struct Decision: Encodable, Sendable {
        /// The level that the invoice gets; nil when it is on no notice.
        package let level: Int?
        package let reason: DunningReason?
        package let interest: InterestComputation?
        /// What of the interest was posted before, what a notice would post now, and what was posted too much.
        package let interestPosted, interestToPost, interestExcess: Money
        package let compensation: Money
        /// What a run stops at, such as a day without a rate; interest and compensation are left out then.
        package let problem: String?
    }

    /// What people said that keeps it, or a part of it, from being dunned.
    package struct Obstacle: Encodable, Sendable {
        /// `hold`, `dispute`, `promise` or `draft`.
        package let kind: String
        /// Nil is all of it.
        package let amount: Money?
        /// The promised day; nil of anything else.
        package let promisedFor: CalendarDate?
        /// The last day; of a promise, the tolerated one. Nil is until it is released.
        package let until: CalendarDate?
        /// `on`, `over`, `kept` or `broken`.
        package let state: String
    }

    /// What the next level asks for and is not there.
    package struct Shortfall: Encodable, Sendable {
        package let level: Int
        /// What the invoices of the level and above come to; what they have to, and what part of the account's total.
        package let amount, minimum: Money
        package let minimumPercent: Int
        package let account: Money
    }

    /// A notice of the account that somebody or something has to finish before another goes out.
    package struct Waiting: Encodable, Sendable {
        package let notice: Int
        package let number: String?
        package let state, channel: String
        /// The command that goes on with it; nil while it is under way.
        package let command: String?
    }

    package struct Next: Encodable, Sendable {
        package let level: Int
        /// Not before this day, if nothing is paid.
        package let on: CalendarDate
    }

    package struct Notice: Encodable, Sendable {
        package let notice: Int
        package let number: String?
        package let runDate: CalendarDate
        package let state: String
        package let reason: String?
        package let daysOverdue: Int
        package let open: Money
        package let levelBefore: Int
        package let level: Int
        /// All interest since the due date, and what of it the notice asks for.
        package let interest: InterestComputation?
        package let interestAsked, compensation: Money
        package let run: Int
        package let configurationVersion: Int?
    }

    /// What closed a part of it.
    package struct Payment: Encodable, Sendable {
        /// The receipt's; nil where no money came.
        package let reference: String?
        /// The credit note that was set off, or of a credit note the invoice.
        package let counterpart: String?
        package let effectiveOn: CalendarDate
        /// Where it was paid before: it settles the item only since another payment was taken back.
        package let paidOn: CalendarDate?
        package let amount: Money
        package let reason: String
    }

    /// A bank draft that is there for it, or was.
    package struct Draft: Encodable, Sendable {
        package let reference: String
        package let maturesOn: CalendarDate
        package let amount: Money
        /// `held`, `paid` or `reversed`.
        package let state: String
    }

    package let invoice, kind, creditor, customer, customerName, team: String
    package let contract: String?
    package let issuedOn, dueOn: CalendarDate
    /// The working day that counts as the due day, where the contract shifts it off holidays; nil where it is the due day itself.
    package let countsFrom: CalendarDate?
    package let amount, open, credit: Money
    package let level: Int
    package let lastNoticeOn: CalendarDate?
    /// The business day that is asked about, in the zone of the finance team.
    package let day: CalendarDate
    package let daysOverdue: Int
    package let procedure: Procedure?
    /// The name of a procedure that the configuration does not describe.
    package let missingProcedure: String?
    package let decision: Decision
    package let obstacles: [Obstacle]
    package let shortfall: Shortfall?
    package let waiting: Waiting?
    package let next: Next?
    package let notices: [Notice]
    package let payments: [Payment]
    package let drafts: [Draft]
    package let writeOffs: [WriteOff]
    /// What accepted notices charged for it.
    package let charges: [PostedCharge]
    /// Of a charge: the notice that posted it, and the invoice that it is charged for.
    package let notice, chargedFor: String?
}
