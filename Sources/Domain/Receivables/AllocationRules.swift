/// Money that came in, as far as it is not allocated.
package struct IncomingMoney: Sendable, Hashable {
    package var receipt: Int
    package var reference: String
    /// From when on it is money: the booking, or a draft's maturity.
    package var bookedOn: CalendarDate
    package var minor: Int
    package var remittance: String
    /// Invoices that it was found to be meant for, in the order in which they are paid.
    package var designated: [Int]
    package var designation: Allocation.Reason
    /// What of it some of these get; the others get what is left.
    package var remitted: [Int: Int] = [:]
    /// What a draft was meant for when it came in: it pays that before anything else.
    package var covers: [DraftCover] = []

    /// A person has said whose it is: it waits for nothing more.
    package var isAssigned = false

    /// Among the money of a day: by what it is, since it must not matter where in which file it stands. Only of what is the same in
    /// all, the earlier entry goes first; a reference that counts entries is shorter then.
    static func isBefore(_ one: IncomingMoney, _ other: IncomingMoney) -> Bool {
        if one.minor != other.minor { return one.minor > other.minor }
        return (one.remittance, one.reference.utf8.count, one.reference, one.receipt)
            < (other.remittance, other.reference.utf8.count, other.reference, other.receipt)
    }

    /// The payer meant just these invoices, by their structured reference.
    var isReferenced: Bool { designation == .structuredReference && !designated.isEmpty && !isAssigned }

    package init(
        receipt: Int, reference: String, bookedOn: CalendarDate, minor: Int, remittance: String = "",
        designated: [Int] = [], designation: Allocation.Reason = .remittance
    ) {
        self.receipt = receipt
        self.reference = reference
        self.bookedOn = bookedOn
        self.minor = minor
        self.remittance = remittance
        self.designated = designated
        self.designation = designation
    }
}

/// A part of an invoice for which a bank draft is meant until it matures.
package struct DraftCover: Sendable, Hashable {
    package var invoice: Int
    package var minor: Int
    package var reason: Allocation.Reason

    package init(invoice: Int, minor: Int, reason: Allocation.Reason) {
        self.invoice = invoice
        self.minor = minor
        self.reason = reason
    }
}

/// What closes a part of an item: a part of a receipt or of a credit note, or no money at all.
package struct Allocation: Sendable, Hashable {
    package enum Reason: String, Codable, Sendable {
        case structuredReference = "structured_reference"
        /// The payer named the invoice.
        case remittance
        case exactAmount = "exact_amount"
        case byHand = "by_hand"
        case oldestDue = "oldest_due"
        /// A credit note that names the invoice which it corrects.
        case creditNote = "credit_note"
        /// Without money: paid early enough to keep the discount.
        case discountTaken = "discount_taken"
        /// Without money: a remainder within the tolerance of its currency.
        case smallDifference = "small_difference"
        /// Without money: given up.
        case writeOff = "write_off"
        /// Without money: another ledger, which leads, says that it is settled.
        case closedInSource = "closed_in_source"
        /// Without money: a notice charged it for days on which nothing was owed any more, as is known by now.
        case notOwed = "not_owed"
        /// What a receipt or a credit note had closed is owed again.
        case reversed
    }

    /// Nil closes without money.
    package var receipt: Int?
    package var invoice: Int
    package var minor: Int
    package var reason: Reason
    /// The day on which the debt fell: the payment, or the issue of an invoice that was paid in advance.
    package var effectiveOn: CalendarDate

    package init(receipt: Int?, invoice: Int, minor: Int, reason: Reason, effectiveOn: CalendarDate) {
        self.receipt = receipt
        self.invoice = invoice
        self.minor = minor
        self.reason = reason
        self.effectiveOn = effectiveOn
    }
}

/// What a payment is for: what the payer named first, then the oldest debt; within a debt, its legal order.
package enum AllocationRules {
    /// Allocates the receipts of one account to its open items, one day's after the other's. What is left over stays
    /// unallocated, also for what is open on a later day.
    ///
    /// - Parameter tolerance: a remainder of a paid item up to this, in minor units, is closed without money
    package static func allocate(
        _ receipts: [IncomingMoney], to items: [PayableItem], tolerance: Int = 0
    ) -> [Allocation] {
        var items = items
        var allocations: [Allocation] = []
        for (_, receipts) in Dictionary(grouping: receipts, by: \.bookedOn).sorted(by: { $0.key < $1.key }) {
            let made = allocate(ofOneDay: receipts, to: items, tolerance: tolerance)
            let closed = Dictionary(grouping: made, by: \.invoice)
            for index in items.indices { items[index].close(closed[items[index].id] ?? []) }
            allocations += made
        }
        return allocations
    }

    /// All that is named goes first, of every receipt, so that the order of the receipts of a day does not matter to
    /// it; neither a receipt nor an item is ever overdrawn. Who names an invoice pays its costs and its interest too;
    /// who pays exactly what one item owes pays that item. A reference to what another payment of the day has paid is most likely
    /// a second payment: it pays nothing (`repeated`).
    private static func allocate(
        ofOneDay receipts: [IncomingMoney], to items: [PayableItem], tolerance: Int
    ) -> [Allocation] {
        var left = receipts.sorted(by: IncomingMoney.isBefore)
        let items = items.filter { item in item.openMinor > 0 && receipts.allSatisfy { item.isAsked(by: $0.bookedOn) } }
            .sorted(by: PayableItem.isBefore)
        var open = items.map(\.openMinor)
        let places = Dictionary(items.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let claims = Dictionary(grouping: items.indices) { items[$0].claim }
        var allocations: [Allocation] = []
        var isRepeated = Array(repeating: false, count: left.count)

        func pay(
            _ item: Int, from receipt: Int, because reason: Allocation.Reason, leaving rest: Int = 0,
            atMost most: Int = .max
        ) -> Int {
            let minor = min(left[receipt].minor, open[item] - rest, most)
            guard minor > 0 else { return 0 }
            left[receipt].minor -= minor
            open[item] -= minor
            allocations.append(
                Allocation(
                    receipt: left[receipt].receipt, invoice: items[item].id, minor: minor, reason: reason,
                    effectiveOn: max(left[receipt].bookedOn, items[item].issuedOn)))
            return minor
        }
        /// First of each what keeps its discount, so that the money reaches for all that is named, then the rest; of a claim no more
        /// than the payer gives it.
        func pay(
            _ named: [Int], from receipt: Int, because reason: Allocation.Reason, given: [Int: Int] = [:]
        ) {
            var given = given
            for keepsDiscount in [true, false] {
                for item in named {
                    let rest = keepsDiscount ? items[item].discount(on: left[receipt].bookedOn) : 0
                    let most = given[items[item].claim]
                    let minor = pay(item, from: receipt, because: reason, leaving: rest, atMost: most ?? .max)
                    given[items[item].claim] = most.map { $0 - minor }
                }
            }
        }
        func withCharges(_ item: Int) -> [Int] {
            items[item].part == .principal ? claims[items[item].claim] ?? [item] : [item]
        }

        for receipt in left.indices {
            for cover in left[receipt].covers {
                guard let item = places[cover.invoice] else { continue }
                _ = pay(item, from: receipt, because: cover.reason, atMost: cover.minor)
            }
        }
        /// The rest of an item whose discount other money has earned is nobody's debt.
        func isEarned(_ item: Int, byOthersThan receipt: Int) -> Bool {
            let discount = items[item].discount(on: left[receipt].bookedOn)
            return open[item] > 0 && open[item] <= discount
                && !allocations.contains {
                    $0.invoice == items[item].id && $0.receipt == left[receipt].receipt
                }
        }
        /// Unless it is just that rest, money is not meant for it.
        func isMeant(_ item: Int, by receipt: Int) -> Bool {
            open[item] > 0 && (left[receipt].minor <= open[item] || !isEarned(item, byOthersThan: receipt))
        }

        /// What of it each claim gets, by the payer's word.
        func given(by receipt: Int) -> [Int: Int] {
            left[receipt].remitted.reduce(into: [:]) { given, part in
                if let item = places[part.key] { given[items[item].claim, default: 0] += part.value }
            }
        }

        for receipt in left.indices {
            let designated = left[receipt].designated.compactMap { places[$0] }
            isRepeated[receipt] =
                left[receipt].isReferenced && !designated.isEmpty && !designated.contains { isMeant($0, by: receipt) }
            let isExact = left[receipt].designation == .exactAmount
            guard !isRepeated[receipt] else { continue }
            let given = given(by: receipt)
            // Who gives some so much, gives the others what is left.
            let inOrder =
                designated.filter { given[items[$0].claim] != nil }
                + designated.filter { given[items[$0].claim] == nil }
            pay(
                (isExact ? inOrder : inOrder.flatMap(withCharges)).filter { isMeant($0, by: receipt) },
                from: receipt, because: left[receipt].designation, given: given)
        }
        for receipt in left.indices where left[receipt].minor > 0 && !isRepeated[receipt] {
            let given = given(by: receipt)
            let named = named(in: left[receipt], of: items).filter {
                isMeant($0, by: receipt) && given[items[$0].claim] == nil
            }
            pay(named.flatMap(withCharges), from: receipt, because: .remittance)
        }
        for keepsDiscount in [true, false] {
            var oldest = 0
            for receipt in left.indices where !isRepeated[receipt] {
                // What one may not pay, another may.
                if !keepsDiscount { oldest = 0 }
                while left[receipt].minor > 0, oldest < open.count {
                    let isKept = keepsDiscount || isEarned(oldest, byOthersThan: receipt)
                    let rest = isKept ? items[oldest].discount(on: left[receipt].bookedOn) : 0
                    _ = pay(oldest, from: receipt, because: .oldestDue, leaving: rest)
                    if open[oldest] <= rest { oldest += 1 }
                }
            }
        }
        return allocations.joiningParts + closings(of: items, after: allocations, tolerance: tolerance)
    }

    /// What closes without money behind payments: the discount of what was paid in time, or else a small remainder.
    package static func closings(
        of items: [PayableItem], after payments: [Allocation], tolerance: Int
    ) -> [Allocation] {
        let paid = Dictionary(grouping: payments, by: \.invoice)
        return items.compactMap { item in
            guard let payments = paid[item.id] else { return nil }
            let rest = payments.reduce(item.openMinor) { $0 - $1.minor }
            guard rest > 0 else { return nil }
            func closing(after payments: [Allocation], _ reason: Allocation.Reason) -> Allocation? {
                payments.map(\.effectiveOn).max().map {
                    Allocation(receipt: nil, invoice: item.id, minor: rest, reason: reason, effectiveOn: $0)
                }
            }
            let inTime = payments.filter { item.discount(on: $0.effectiveOn) > 0 }
            if inTime.reduce(item.openMinor + item.lateMinor, { $0 - $1.minor }) <= item.discountMinor {
                return closing(after: inTime, .discountTaken)
            }
            return rest <= tolerance ? closing(after: payments, .smallDifference) : nil
        }
    }

    /// Receipts that refer to what others of their day have paid in full: they wait for a person, as they would a day later.
    package static func repeated(_ receipts: [IncomingMoney], in made: [Allocation]) -> [IncomingMoney] {
        let payers = Dictionary(grouping: made.filter { $0.receipt != nil }, by: \.invoice)
        let paying = Set(made.compactMap(\.receipt))
        return receipts.filter { money in
            money.isReferenced && !paying.contains(money.receipt) && money.designated.contains { payers[$0] != nil }
        }
    }

    /// The items whose numbers stand in the text, in the order in which they stand there.
    private static func named(in money: IncomingMoney, of items: [PayableItem]) -> [Int] {
        guard !money.remittance.isEmpty else { return [] }
        let places = PaymentText(money.remittance).places(of: items.map(\.number))
        return items.indices.compactMap { index in
            PaymentText.isYear(items[index].number) && items[index].openMinor != money.minor
                ? nil : places[index].map { (place: $0, index: index) }
        }.sorted { $0.place < $1.place }.map(\.index)
    }
}

extension [Allocation] {
    /// What makes these out of earlier ones: what is new, and below zero what is no longer so.
    package func changing(_ earlier: [Allocation]) -> [Allocation] {
        guard !earlier.isEmpty else { return self }
        let undone = earlier.map { allocation in
            var undone = allocation
            undone.minor = -allocation.minor
            return undone
        }
        return (undone + self).joiningParts.filter { $0.minor != 0 }
    }

    /// What a receipt pays of an item for one reason, in one piece.
    fileprivate var joiningParts: [Allocation] {
        var whole: [Allocation] = []
        var places: [Allocation: Int] = [:]
        for part in self {
            var key = part
            key.minor = 0
            if let place = places[key] {
                whole[place].minor += part.minor
            } else {
                places[key] = whole.count
                whole.append(part)
            }
        }
        return whole
    }
}
