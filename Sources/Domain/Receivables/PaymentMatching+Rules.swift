/// What a payment is for: by structured reference, by an invoice's number in the payer's words, by amount and customer,
/// in that order. What is doubtful waits for a person; nothing is guessed.
package struct PaymentMatching {
    /// The invoices that the payment's reference and words may mean, by `keys(of:)`.
    package var referenced: [MatchCandidate] = []
    package var named: [MatchCandidate] = []
    /// Customers whose money came from this account before; customers of the payer's name.
    package var byAccount: [Int] = []
    package var byName: [Int] = []
    /// Open invoices of exactly this amount, or of it and the discount that may still be kept, of these customers.
    package var exact: [MatchCandidate] = []

    /// Drafts of exactly this amount that have matured.
    package var drafts: [DraftCounterpart] = []

    package init() {}

    /// From whom the payment may be: whose invoices it may name, and who may have the account or the name.
    package var customersMeant: [Int] { ((referenced + named).map(\.customer) + byAccount + byName).withoutRepetition }

    /// Those of them who may pay an invoice of exactly this amount.
    package var payers: [Int] {
        let paid = (referenced + named).filter { $0.openMinor <= 0 }.map(\.customer)
        return (said.payers + paid).withoutRepetition
    }

    /// Whom account and name tell. Of several with one account the name tells which; where the two contradict each other, it is
    /// neither. Names are not unique in the world: alone, one is not enough.
    var said: (payers: [Int], isCertain: Bool) {
        guard !byAccount.isEmpty else { return (byName.withoutRepetition, false) }
        let both = byAccount.filter(byName.contains)
        return ((!both.isEmpty ? both : byAccount + byName).withoutRepetition, true)
    }

    package func decide(_ payment: IncomingPayment) -> PaymentMatch {
        var match = decideWithoutDrafts(payment)
        match.drafts = drafts.filter { mayBeCash(of: $0, payment, match.outcome) }
        if !match.drafts.isEmpty { match.outcome = .waiting(.draftCash, customer: match.customer) }
        return match
    }

    private func decideWithoutDrafts(_ payment: IncomingPayment) -> PaymentMatch {
        if payment.doubt != nil, payment.customer == nil {
            return PaymentMatch(outcome: .waiting(.detailsDoNotAddUp, customer: nil))
        }
        if let reference = payment.structuredReference, PaymentText.isMistyped(reference), payment.customer == nil {
            return PaymentMatch(outcome: .waiting(.wrongCheckDigits, customer: nil))
        }
        var passedOver: [PaymentMatch.Rejected] = []
        let places = named.isEmpty ? [] : PaymentText(payment.remittance).places(of: named.map(\.number))
        let inOrder = zip(named, places).compactMap { candidate, place in
            PaymentText.isYear(candidate.number) && !candidate.isWorth(payment.minor)
                ? nil : place.map { (place: $0, candidate: candidate) }
        }.sorted { $0.place < $1.place }.map(\.candidate)
        for (candidates, reason) in [(referenced, PaymentMatch.Reason.structuredReference), (inOrder, .remittance)] {
            let match = decide(payment, among: candidates, reason)
            passedOver += match.passedOver
            if let outcome = match.outcome {
                var match = PaymentMatch(outcome: outcome, passedOver: passedOver)
                if case .matched(_, let invoices, _) = outcome {
                    match.remitted = Self.remitted(payment, to: candidates.filter { invoices.contains($0.invoice) })
                }
                return match
            }
        }
        if payment.customer == nil, PaymentText.mayHaveReference(payment.remittance),
            PaymentText(payment.remittance).hasMistypedReference
        {
            return PaymentMatch(outcome: .waiting(.wrongCheckDigits, customer: nil), passedOver: passedOver)
        }
        return byCustomer(payment, passedOver)
    }

    /// What a payment gives a document is for all that the document names, the one after the other.
    private static func remitted(_ payment: IncomingPayment, to invoices: [MatchCandidate]) -> [Int: Int] {
        payment.remitted.reduce(into: [:]) { remitted, amount in
            let number =
                CreditorReference(amount.document).map { String($0.body) } ?? PaymentText.plain(amount.document)
            var left = amount.minor
            let named = invoices.filter { PaymentText.plain($0.number) == number }
            for (index, candidate) in named.enumerated() {
                let minor = index == named.count - 1 ? left : min(left, candidate.openMinor)
                remitted[candidate.invoice, default: 0] += minor
                left -= minor
            }
        }
    }

    private func decide(
        _ payment: IncomingPayment, among candidates: [MatchCandidate], _ reason: PaymentMatch.Reason
    ) -> (outcome: PaymentMatch.Outcome?, passedOver: [PaymentMatch.Rejected]) {
        var passedOver: [PaymentMatch.Rejected] = []
        var fitting: [MatchCandidate] = []
        for candidate in candidates {
            if let customer = payment.customer, customer != candidate.customer {
                passedOver.append(.init(candidate: candidate, reason: .otherCustomer))
            } else if candidate.currency != payment.currency {
                passedOver.append(.init(candidate: candidate, reason: .wrongCurrency))
            } else if candidate.openMinor <= 0 {
                passedOver.append(.init(candidate: candidate, reason: .alreadyPaid))
            } else {
                fitting.append(candidate)
            }
        }
        let invoices = fitting.map(\.invoice).withoutRepetition
        // The same number twice means one of two, unless it names all.
        let single = fitting.filter { !$0.namesAll }
        let isAmbiguous =
            Set(fitting.map(\.customer)).count > 1
            || Dictionary(grouping: single, by: \.number).values.contains { Set($0.map(\.invoice)).count > 1 }
        if isAmbiguous {
            passedOver += fitting.map { .init(candidate: $0, reason: .ambiguous) }
            return (.waiting(.twoCandidates, customer: payment.customer), passedOver)
        }
        // What another ledger closed may have been closed with this money, where it is more than the others get.
        let meant = Self.remitted(payment, to: fitting)
        let others = fitting.reduce(0) { $0 + min($1.openMinor, meant[$1.invoice] ?? .max) }
        let isMore = !fitting.isEmpty && payment.minor > others
        if isMore,
            let closed = passedOver.first(where: { $0.reason == .alreadyPaid && $0.candidate.closedInSourceMinor > 0 })
        {
            return (.waiting(.alreadyPaid, customer: closed.candidate.customer), passedOver)
        }
        if let closed = fitting.first(where: { $0.closedInSourceMinor >= payment.minor }) {
            passedOver.append(.init(candidate: closed, reason: .alreadyPaid))
            return (.waiting(.alreadyPaid, customer: closed.customer), passedOver)
        }
        if let customer = fitting.first?.customer {
            return (.matched(customer: customer, invoices: invoices, reason), passedOver)
        }
        if let wrong = passedOver.first(where: { $0.reason == .wrongCurrency }),
            passedOver.allSatisfy({ $0.reason == .wrongCurrency })
        {
            return (.waiting(.wrongCurrency, customer: wrong.candidate.customer), passedOver)
        }
        // A reference to what is paid is most likely a second payment, and a word of what another ledger closed the same one.
        let paid = passedOver.first {
            $0.reason == .alreadyPaid && (reason == .structuredReference || $0.candidate.closedInSourceMinor > 0)
        }
        if let paid {
            return (.waiting(.alreadyPaid, customer: paid.candidate.customer), passedOver)
        }
        return (nil, passedOver)
    }

    private func byCustomer(_ payment: IncomingPayment, _ passedOver: [PaymentMatch.Rejected]) -> PaymentMatch {
        func match(_ outcome: PaymentMatch.Outcome, _ ambiguous: [MatchCandidate] = []) -> PaymentMatch {
            PaymentMatch(
                outcome: outcome, passedOver: passedOver + ambiguous.map { .init(candidate: $0, reason: .ambiguous) })
        }
        func owing(_ customer: Int) -> [MatchCandidate] {
            exact.filter { $0.customer == customer && $0.currency == payment.currency && $0.isWorth(payment.minor) }
        }
        if let customer = payment.customer {
            let equal = owing(customer)
            guard equal.count == 1 else { return match(.matched(customer: customer, invoices: [], .customer)) }
            return match(.matched(customer: customer, invoices: equal.map(\.invoice), .exactAmount))
        }
        var (payers, isCertain) = said
        // What is paid still tells whose the money is, unless account or name say something else.
        let paid = Set(passedOver.filter { $0.reason == .alreadyPaid }.map(\.candidate.customer))
        if let customer = paid.first, paid.count == 1, payers.isEmpty || payers.contains(customer) {
            (payers, isCertain) = ([customer], true)
        }
        guard let payer = payers.first else { return match(.waiting(.unknownCustomer, customer: nil)) }
        guard payers.count == 1 else {
            return match(.waiting(.twoCandidates, customer: nil), payers.flatMap(owing))
        }
        let equal = owing(payer)
        switch equal.count {
        case 1: return match(.matched(customer: payer, invoices: equal.map(\.invoice), .exactAmount))
        case 0 where isCertain: return match(.matched(customer: payer, invoices: [], .customer))
        case 0: return match(.waiting(.noExactAmount, customer: nil))
        default: return match(.waiting(.twoCandidates, customer: isCertain ? payer : nil), equal)
        }
    }
}
