/// A fee, interest or compensation that an accepted notice has posted: owed like an invoice, but without interest and of no
/// effect on levels.
package struct Charge: Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case fee, interest, compensation
    }

    package var kind: Kind
    package var item: OpenItem
    /// The number of the invoice that it is charged for; nil for a fee, which is for a whole notice, and where nobody reads
    /// it.
    package var invoice: String?

    package init(_ kind: Kind, _ item: OpenItem, for invoice: String? = nil) {
        self.kind = kind
        self.item = item
        self.invoice = invoice
    }
}

extension DebtorAccount {
    /// The charges that a notice of the day asks for, the oldest first: without what is held, disputed or promised.
    func charges(on day: CalendarDate) -> [Charge] {
        charges.compactMap { charge in
            // Why nothing is left of it does not matter: it is owed all the same.
            guard charge.item.openMinor > 0, !charge.item.isHeld(on: day), let claim = try? charge.item.claim(on: day)
            else { return nil }
            var charge = charge
            charge.item.openMinor = claim
            return charge
        }
        .sorted { ($0.item.dueOn, $0.item.number, $0.item.id) < ($1.item.dueOn, $1.item.number, $1.item.id) }
    }
}
