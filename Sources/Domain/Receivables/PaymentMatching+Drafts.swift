extension PaymentMatch {
    /// Of a draft that has matured: it waits if its money may have paid already.
    ///
    /// - Parameter payments: of its amount and customer, which paid at its maturity or after
    package mutating func look(at payments: [DraftCounterpart]) {
        let customer: Int
        var named: [Int] = []
        switch outcome {
        case .matched(let payer, let invoices, .structuredReference), .matched(let payer, let invoices, .remittance):
            (customer, named) = (payer, invoices)
        case .matched(let payer, _, _), .waiting(.alreadyPaid, let payer?): customer = payer
        case .waiting: return
        }
        self.payments = payments.filter {
            $0.customer == customer && (named.isEmpty || !$0.invoices.isDisjoint(with: named))
        }
        if !self.payments.isEmpty { outcome = .waiting(.draftCash, customer: customer) }
    }
}

extension PaymentMatching {
    /// Whether a payment may be the money of a draft of its amount: it says so; or it is the customer's, or nobody's that is
    /// known, and names no other invoice that is owed.
    func mayBeCash(of draft: DraftCounterpart, _ payment: IncomingPayment, _ outcome: PaymentMatch.Outcome) -> Bool {
        if let customer = payment.customer, customer != draft.customer { return false }
        if payment.structuredReference == draft.reference
            || PaymentText(payment.remittance).places(of: [draft.reference]) != [nil]
        {
            return true
        }
        switch outcome {
        case .matched(let customer, let invoices, .structuredReference),
            .matched(let customer, let invoices, .remittance):
            return customer == draft.customer && !draft.invoices.isDisjoint(with: invoices)
        case .matched(let customer, _, .exactAmount), .matched(let customer, _, .customer):
            return customer == draft.customer
        case .waiting(.alreadyPaid, let customer): return customer == draft.customer
        case .waiting(.twoCandidates, _), .waiting(.noExactAmount, _):
            return said.payers.contains(draft.customer)
        case .waiting(.unknownCustomer, _): return true
        case .waiting(.detailsDoNotAddUp, _), .waiting(.wrongCheckDigits, _), .waiting(.wrongCurrency, _),
            .waiting(.draftCash, _):
            return false
        }
    }
}
