/// One movement of money, as a booked entry or its single transactions tell it.
package struct BankPayment: Sendable, Hashable {
    package enum Kind: String, Sendable, Codable {
        case receipt
        /// Takes back money that had come in.
        case reversal
        /// Money of ours that comes back.
        case refund
        case debit
        /// What the bank took out of a batch for itself.
        case charge
    }

    package enum Doubt: String, Sendable, Codable {
        /// The transactions of a batch are not its sum, or the only one has another sign: it stays whole, for a person.
        case detailsDoNotAddUp = "details_do_not_add_up"
    }

    package var kind: Kind
    /// The transaction's place in the entry, from 1; 0 for the entry as a whole.
    package var detail: Int
    /// As booked: what came in or went out, never negative.
    package var minor: Int
    /// Of money that came in, what was taken off before: a payer who paid 1000.00 has paid 1000.00 when 990.00 came in. Of
    /// money that goes back, what the banks take for it beside.
    package var chargesMinor = 0
    package var about = BankDetail()
    package var doubt: Doubt?

    /// What the payer paid.
    package var grossMinor: Int { minor + chargesMinor }
}

extension BankEntry {
    /// The movements that the entry is; together they are its amount, always.
    package var payments: [BankPayment] {
        guard details.count > 1 else {
            var detail = details.first ?? BankDetail()
            if detail.remittance.isEmpty { detail.remittance = information ?? "" }
            // What was booked is the entry; what goes back repeats the sign that it had when it came.
            let contradicts = detail.isCredit.map { $0 != isCredit } ?? false
            detail.isCredit = nil
            let kind = kind(of: detail)
            return [
                BankPayment(
                    kind: kind, detail: details.count, minor: minor, chargesMinor: charged(minor, detail, charges),
                    about: detail, doubt: contradicts && kind == .receipt ? .detailsDoNotAddUp : nil)
            ]
        }
        let amounts = details.compactMap(\.minor)
        let sum = zip(details, amounts).reduce(Int128(0)) {
            $0 + (goes($1.0, asCredit: isCredit) ? Int128($1.1) : -Int128($1.1))
        }
        let fee = charges.deductedMinor + charges.otherMinor
        let isCharged = sum == Int128(minor) + (isCredit ? Int128(fee) : -Int128(fee))
        guard amounts.count == details.count, sum == Int128(minor) || isCharged else {
            return [BankPayment(kind: kind(of: BankDetail()), detail: 0, minor: minor, doubt: .detailsDoNotAddUp)]
        }
        var payments = zip(details, amounts).enumerated().map { index, pair in
            let (detail, amount) = pair
            return BankPayment(
                kind: kind(of: detail), detail: index + 1, minor: amount,
                chargesMinor: charged(amount, detail, BankCharges()), about: detail)
        }
        if sum != Int128(minor) {
            payments.append(BankPayment(kind: .charge, detail: details.count + 1, minor: fee))
        }
        return payments
    }

    private func kind(of detail: BankDetail) -> BankPayment.Kind {
        switch (goes(detail, asCredit: true), isReversal || detail.isReturned) {
        case (true, false): .receipt
        case (false, true): .reversal
        case (true, true): .refund
        case (false, false): .debit
        }
    }

    /// A batch may have transactions of both directions in it.
    private func goes(_ detail: BankDetail, asCredit credit: Bool) -> Bool { (detail.isCredit ?? isCredit) == credit }

    private func charged(_ booked: Int, _ detail: BankDetail, _ charges: BankCharges) -> Int {
        switch kind(of: detail) {
        case .receipt: deducted(from: booked, detail, charges)
        case .reversal: added(to: booked, detail, charges)
        case .refund, .debit, .charge: 0
        }
    }

    /// What goes back is found by its amount with and without them, so any charges that are told will do.
    private func added(to booked: Int, _ detail: BankDetail, _ entry: BankCharges) -> Int {
        if let instructed = detail.instructedMinor, instructed < booked { return booked - instructed }
        let told = max(
            entry.deductedMinor + entry.otherMinor, detail.charges.deductedMinor + detail.charges.otherMinor)
        return told < booked ? told : 0
    }

    /// Charges count as paid by the payer only when the file says that they were taken off: by the bank's own mark, or
    /// because the order was for just that much more.
    private func deducted(from booked: Int, _ detail: BankDetail, _ entry: BankCharges) -> Int {
        // Banks write the same charge at the entry and at its only transaction.
        let marked = max(entry.deductedMinor, detail.charges.deductedMinor)
        let unmarked = max(entry.otherMinor, detail.charges.otherMinor)
        guard marked + unmarked > 0 else { return 0 }
        guard let instructed = detail.instructedMinor else { return marked }
        return [marked, unmarked, marked + unmarked].first { $0 > 0 && booked + $0 == instructed } ?? 0
    }
}
