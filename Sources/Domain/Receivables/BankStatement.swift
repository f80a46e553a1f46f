/// A bank's statement of one account, without its entries. Amounts are minor units of the account's currency, and
/// negative when the account is overdrawn.
package struct BankStatement: Sendable, Hashable {
    /// Its place in the file, from 1, and the line on which it begins.
    package var ordinal: Int
    package var line: Int
    /// The bank's; unique for the account.
    package var id: String
    package var sequence: String?
    /// As the bank writes it, an ISO 8601 instant.
    package var createdAt: String?
    /// The IBAN, or another number without an IBAN; no blanks.
    package var account: String
    package var currency: Currency
    package var openingMinor: Int
    package var openingOn: CalendarDate?
    package var closingMinor: Int
    package var closingOn: CalendarDate?
    /// Booked entries, and their sum: credits less debits.
    package var entries: Int
    package var bookedMinor: Int128
    /// The same content has the same key.
    package var contentKey: String

    package init(
        ordinal: Int, line: Int, id: String, sequence: String?, createdAt: String?, account: String,
        currency: Currency, openingMinor: Int, openingOn: CalendarDate?, closingMinor: Int, closingOn: CalendarDate?,
        entries: Int, bookedMinor: Int128, contentKey: String
    ) {
        self.ordinal = ordinal
        self.line = line
        self.id = id
        self.sequence = sequence
        self.createdAt = createdAt
        self.account = account
        self.currency = currency
        self.openingMinor = openingMinor
        self.openingOn = openingOn
        self.closingMinor = closingMinor
        self.closingOn = closingOn
        self.entries = entries
        self.bookedMinor = bookedMinor
        self.contentKey = contentKey
    }

    /// What is missing between the opening balance with all entries and the closing balance; 0 when it is sound.
    package var differenceMinor: Int128 { Int128(closingMinor) - Int128(openingMinor) - bookedMinor }
}
