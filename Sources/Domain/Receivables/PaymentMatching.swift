/// A payment whose purpose is looked for.
package struct IncomingPayment: Sendable, Hashable {
    package var receipt: Int
    package var currency: String
    package var minor: Int
    package var structuredReference: String?
    package var remittance: String
    /// What the payer gives each document.
    package var remitted: [RemittedAmount] = []
    /// The customer, when the file or a person named it.
    package var customer: Int?
    /// Why the bank's file does not say enough.
    package var doubt: String?

    package init(
        receipt: Int, currency: String, minor: Int, structuredReference: String? = nil, remittance: String = "",
        customer: Int? = nil, doubt: String? = nil
    ) {
        self.receipt = receipt
        self.currency = currency
        self.minor = minor
        self.structuredReference = structuredReference
        self.remittance = remittance
        self.customer = customer
        self.doubt = doubt
    }
}

/// An invoice, or a customer, that a payment may be meant for.
package struct MatchCandidate: Sendable, Hashable {
    package var customer: Int
    package var invoice: Int
    /// The item's number, or that of the notice that names it or of the invoice that it is an instalment of.
    package var number: String
    /// The number means not one item but all that it names: a notice, an invoice in instalments.
    package var namesAll = false
    package var currency: String
    package var openMinor: Int
    /// What another ledger, which leads, has closed of it: this may be the money with which it did.
    package var closedInSourceMinor = 0
    /// What of it may still be kept for early payment.
    package var discountMinor = 0

    /// The payer owes exactly so much.
    func isWorth(_ minor: Int) -> Bool { minor == openMinor || minor == openMinor - discountMinor }

    package init(
        customer: Int, invoice: Int, number: String, namesAll: Bool = false, currency: String, openMinor: Int
    ) {
        self.customer = customer
        self.invoice = invoice
        self.number = number
        self.namesAll = namesAll
        self.currency = currency
        self.openMinor = openMinor
    }
}

/// What may be the same money: of a payment a bank draft of its amount that has matured, and whose money did not come yet; of a draft
/// that is recorded late a payment that came at its maturity.
package struct DraftCounterpart: Sendable, Hashable {
    /// How many days after its maturity a draft's money is looked for: it is presented within ten (票据法第五十三条), and paid
    /// after holidays.
    package static let days = 30

    package var receipt: Int
    package var reference: String
    package var customer: Int
    /// What the draft was meant for, or what either paid.
    package var invoices: Set<Int>

    package init(receipt: Int, reference: String, customer: Int, invoices: Set<Int> = []) {
        (self.receipt, self.reference, self.customer, self.invoices) = (receipt, reference, customer, invoices)
    }
}

/// What was found about a payment.
package struct PaymentMatch: Sendable, Hashable {
    /// How the payment was understood, in the order in which it is tried.
    package enum Reason: String, Sendable, Codable {
        case structuredReference = "structured_reference"
        case remittance
        case exactAmount = "exact_amount"
        /// The customer is known, and no invoice is meant: the oldest debt is paid.
        case customer
    }

    /// Why a person has to look.
    package enum Waiting: String, Sendable, Codable, CaseIterable {
        case detailsDoNotAddUp = "details_do_not_add_up"
        case wrongCheckDigits = "wrong_check_digits"
        case twoCandidates = "two_candidates"
        case wrongCurrency = "wrong_currency"
        case alreadyPaid = "already_paid"
        case noExactAmount = "no_exact_amount"
        case unknownCustomer = "unknown_customer"
        /// It may be the money of a bank draft, which the draft has brought already.
        case draftCash = "draft_cash"
    }

    /// Why a candidate was not taken.
    package enum PassedOver: String, Sendable, Codable {
        case wrongCurrency = "wrong_currency"
        case otherCustomer = "other_customer"
        case alreadyPaid = "already_paid"
        case ambiguous
    }

    package struct Rejected: Sendable, Hashable {
        package var candidate: MatchCandidate
        package var reason: PassedOver
    }

    package enum Outcome: Sendable, Hashable {
        /// - Parameter invoices: paid first, in this order.
        case matched(customer: Int, invoices: [Int], Reason)
        /// - Parameter customer: when at least that is certain.
        case waiting(Waiting, customer: Int?)
    }

    package var outcome: Outcome
    /// What of the payment some of its invoices get, by their ids, in minor units; the others get what is left.
    package var remitted: [Int: Int] = [:]
    /// Whom it is from, as far as that is certain.
    package var customer: Int? {
        switch outcome {
        case .matched(let customer, _, _): customer
        case .waiting(_, let customer): customer
        }
    }
    package var passedOver: [Rejected] = []
    /// The drafts whose money it may be.
    package var drafts: [DraftCounterpart] = []
    /// The payments that may be this draft's money.
    package var payments: [DraftCounterpart] = []
}
