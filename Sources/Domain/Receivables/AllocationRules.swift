/// Money that came in, as far as it is not allocated.
package struct IncomingMoney: Sendable, Hashable {
    package var receipt: Int
    package var reference: String
    package var bookedOn: CalendarDate
    package var minor: Int
    package var remittance: String
    /// Invoices that it was found to be meant for, in the order in which they are paid.
    package var designated: [Int]
    package var designation: Allocation.Reason

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

/// A part of a receipt that pays a part of an invoice.
package struct Allocation: Sendable, Hashable {
    package enum Reason: String, Codable, Sendable {
        case structuredReference = "structured_reference"
        /// The payer named the invoice.
        case remittance
        case exactAmount = "exact_amount"
        case byHand = "by_hand"
        case oldestDue = "oldest_due"
    }

    package var receipt: Int
    package var invoice: Int
    package var minor: Int
    package var reason: Reason
    /// The day on which the debt fell: the booking, or the issue of an invoice that was paid in advance.
    package var effectiveOn: CalendarDate

    package init(receipt: Int, invoice: Int, minor: Int, reason: Reason, effectiveOn: CalendarDate) {
        self.receipt = receipt
        self.invoice = invoice
        self.minor = minor
        self.reason = reason
        self.effectiveOn = effectiveOn
    }
}

/// What a payment is for: what the payer named first, then the oldest debt.
package enum AllocationRules {
    /// Allocates the receipts of one account to its open items. What is left over stays unallocated.
    ///
    /// All that is named goes first, of every receipt, so that the order of the receipts of a day does not matter to
    /// it; neither a receipt nor an item is ever overdrawn.
    package static func allocate(_ receipts: [IncomingMoney], to items: [OpenItem]) -> [Allocation] {
        var left = receipts.sorted { ($0.bookedOn, $0.reference, $0.receipt) < ($1.bookedOn, $1.reference, $1.receipt) }
        var open = items.filter { $0.openMinor > 0 }
            .sorted { ($0.dueOn, $0.issuedOn, $0.number, $0.id) < ($1.dueOn, $1.issuedOn, $1.number, $1.id) }
        var allocations: [Allocation] = []

        func pay(_ item: Int, from receipt: Int, because reason: Allocation.Reason) {
            let minor = min(left[receipt].minor, open[item].openMinor)
            guard minor > 0 else { return }
            left[receipt].minor -= minor
            open[item].openMinor -= minor
            allocations.append(
                Allocation(
                    receipt: left[receipt].receipt, invoice: open[item].id, minor: minor, reason: reason,
                    effectiveOn: max(left[receipt].bookedOn, open[item].issuedOn)))
        }

        for receipt in left.indices {
            for invoice in left[receipt].designated {
                guard let item = open.firstIndex(where: { $0.id == invoice }) else { continue }
                pay(item, from: receipt, because: left[receipt].designation)
            }
        }
        for receipt in left.indices {
            for item in named(in: left[receipt].remittance, of: open) { pay(item, from: receipt, because: .remittance) }
        }
        var oldest = 0
        for receipt in left.indices {
            while left[receipt].minor > 0, oldest < open.count {
                pay(oldest, from: receipt, because: .oldestDue)
                if open[oldest].openMinor == 0 { oldest += 1 }
            }
        }
        return allocations
    }

    /// The items whose numbers stand in the text, in the order in which they stand there.
    private static func named(in text: String, of items: [OpenItem]) -> [Int] {
        guard !text.isEmpty else { return [] }
        let words = Array(text.uppercased().utf8)
        return items.indices.compactMap { index in
            place(of: Array(items[index].number.uppercased().utf8), in: words).map { (place: $0, index: index) }
        }.sorted { $0.place < $1.place }.map(\.index)
    }

    /// Where a number stands by itself, and not as part of a longer one.
    private static func place(of number: [UInt8], in text: [UInt8]) -> Int? {
        guard let first = number.first, number.count <= text.count else { return nil }
        for start in 0...(text.count - number.count) where text[start] == first {
            let end = start + number.count
            let before = start == 0 || !text[start - 1].isLetterOrDigit
            if before, text[start..<end].elementsEqual(number), !goesOn(text[end...]) { return start }
        }
        return nil
    }

    /// `INV-1` goes on in `INV-12` and in `INV-1-2`, but not in `INV-1, INV-2`.
    private static func goesOn(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let next = rest.first else { return false }
        return next.isLetterOrDigit || next == UInt8(ascii: "-") && rest.dropFirst().first?.isLetterOrDigit == true
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }
}
