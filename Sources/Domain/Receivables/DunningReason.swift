/// Why an invoice is not dunned; stable codes.
package enum DunningReason: String, Error, Codable, Sendable, CaseIterable {
    case paid
    case notDue = "not_due"
    case withinGrace = "within_grace"
    /// A person holds the customer or the invoice.
    case onHold = "on_hold"
    /// All that is open is disputed.
    case disputed
    /// All that is open, or all that is not disputed, is promised for a day that is not over.
    case promised
    /// A bank draft that has not matured is there for all that is open.
    case bankDraft = "bank_draft"
    /// Overdue, but not long enough for the first level.
    case belowFirstLevel = "below_first_level"
    /// The level's minimum, in money or in percent of the account, is not reached, nor that of a level below it.
    case belowMinimum = "below_minimum"
    /// No invoice of the account reaches a higher level, and none is to be repeated.
    case levelUnchanged = "level_unchanged"
    case intervalNotOver = "interval_not_over"
    case creditCovers = "credit_covers"
    /// The procedure that is named is not described.
    case noProcedure = "no_procedure"
    /// The level has fees, but none in this currency.
    case noCurrencyFee = "no_currency_fee"
    /// The level has minimums, but none in this currency.
    case noCurrencyMinimum = "no_currency_minimum"
    /// There is a notice of this day already.
    case noticeExists = "notice_exists"
    /// An earlier notice waits for its approval or its dispatch.
    case noticeWaiting = "notice_waiting"
}
