/// An entry of a bank's statement (ISO 20022, Ntry). Amounts are minor units of the account's currency, never negative.
package struct BankEntry: Sendable, Hashable {
    package enum Status: String, Sendable, Codable {
        case booked = "BOOK"
        case pending = "PDNG"
        case information = "INFO"
        case future = "FUTR"
    }

    /// The statement's place in the file, the entry's in the statement (from 1), and the line on which it begins.
    package var statement = 0
    package var ordinal = 0
    package var line = 0
    package var status = Status.booked
    package var isCredit = true
    /// It takes an earlier entry back: one that is itself a debit takes a credit back (ISO 20022, RvslInd).
    package var isReversal = false
    package var minor = 0
    package var bookedOn: CalendarDate?
    package var valueOn: CalendarDate?
    package var reference: String?
    /// Given by the bank that keeps the account.
    package var serviceReference: String?
    package var charges = BankCharges()
    /// What the bank writes about it in words.
    package var information: String?
    /// The single transactions of a batch booking; one or none for a single booking.
    package var details: [BankDetail] = []

    package init() {}

    /// With the sign of its effect on the account.
    package var signedMinor: Int { isCredit ? minor : -minor }
}

/// One transaction of an entry (ISO 20022, TxDtls).
package struct BankDetail: Sendable, Hashable {
    /// Nil when the bank does not say it, or in another currency only.
    package var minor: Int?
    /// Nil when it goes where the entry goes.
    package var isCredit: Bool?
    /// What the payer gave order to pay, before anybody's charges, if in the account's currency.
    package var instructedMinor: Int?
    package var charges = BankCharges()
    package var serviceReference: String?
    package var transactionID: String?
    /// Given by the payer, and the same on the way back.
    package var endToEnd: String?
    package var structuredReference: String?
    /// The lines of the payer's text, and the numbers of the documents it refers to.
    package var remittance: String = ""
    /// What the payer gives each of these documents.
    package var remitted: [RemittedAmount] = []
    package var debtorName: String?
    package var debtorAccount: String?
    /// It is a payment that was returned.
    package var isReturned = false

    package init() {}
}

/// A part of a payment that the payer gives one document (ISO 20022, RfrdDocAmt/RmtdAmt), in minor units of the payment.
package struct RemittedAmount: Codable, Sendable, Hashable {
    /// Its number, or the payee's reference of it.
    package var document: String
    package var minor: Int

    package init(document: String, minor: Int) {
        self.document = document
        self.minor = minor
    }
}

/// What banks took for their work.
package struct BankCharges: Sendable, Hashable {
    /// Taken off before the amount was booked, as the bank says.
    package var deductedMinor = 0
    /// Of which the bank does not say whether it was taken off.
    package var otherMinor = 0

    package init(deductedMinor: Int = 0, otherMinor: Int = 0) {
        self.deductedMinor = deductedMinor
        self.otherMinor = otherMinor
    }
}
