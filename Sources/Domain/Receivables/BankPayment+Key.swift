extension BankEntry {
    /// By what a movement is recognised when a later statement has it again: the bank's reference with day and amount,
    /// since some banks use one for many; without one, all that is told about it.
    package func key(of payment: BankPayment) -> String {
        var key = ContentKey()
        for value in [bookedOn?.description, String(payment.minor), isCredit ? "C" : "D", payment.kind.rawValue] {
            key.add(value)
        }
        let about = payment.about
        if let reference = Self.usable(about.serviceReference) ?? Self.usable(serviceReference) {
            key.add(reference)
        } else {
            for value in [
                valueOn?.description, reference, Self.usable(about.endToEnd), about.transactionID,
                about.structuredReference, about.remittance, about.debtorName, about.debtorAccount,
            ] { key.add(value) }
        }
        return key.text
    }

    /// Nil for what banks write when they have no reference.
    package static func usable(_ reference: String?) -> String? {
        guard let reference, !reference.isEmpty,
            !["NONREF", "NOTPROVIDED", "NOTAVAILABLE"].contains(reference.uppercased())
        else { return nil }
        return reference
    }
}
