import Domain
import Store

/// The same figures as the reports', fact by fact.
extension RandomLedger {
    struct Line: Hashable {
        /// Number of the customer, code of the team or creditor; empty for all, or for a customer that nobody knows.
        let key: String
        let currency: String
    }

    struct Figures: Hashable {
        var buckets = [0, 0, 0, 0, 0]
        var unallocated = 0
        var items = 0
        /// From what was billed, what came in and what was closed without money: not from what is open.
        var ledger = 0
    }

    /// - Parameters:
    ///   - day: days since the start
    ///   - known: hours since the start; nil is everything
    func figures(_ grouping: ReportGrouping, by basis: AgeingBasis, day: Int, known: Int?) -> [Line: Figures] {
        var lines: [Line: Figures] = [:]
        func isKnown(_ recorded: Int) -> Bool { known.map { recorded <= $0 } ?? true }
        func key(_ customer: String?, _ creditor: String, _ team: String) -> String {
            switch grouping {
            case .currency: ""
            case .customer: customer ?? ""
            case .creditor: creditor
            case .team: team
            }
        }
        func line(_ item: Item) -> Line {
            Line(key: key(item.customer, item.creditor, item.team), currency: item.currency)
        }
        func line(_ receipt: Receipt) -> Line {
            Line(key: key(receipt.customer, receipt.creditor, receipt.team), currency: receipt.currency)
        }
        let there = closings.filter { closing in
            let sides = [items[closing.item - 1], closing.note.map { items[$0 - 1] }].compactMap { $0 }
            let receipt = closing.receipt.map { receipts[$0 - 1] }
            return closing.on <= day && isKnown(closing.recordedAt)
                && sides.allSatisfy { $0.issuedOn <= day && isKnown($0.recordedAt) }
                && (receipt.map { $0.cashOn <= day && isKnown($0.recordedAt) } ?? true)
        }
        for item in items where item.issuedOn <= day && isKnown(item.recordedAt) {
            let said = item.said.prefix { $0.from <= day && isKnown($0.recordedAt) }.last!
            let value = said.minor - said.settled
            lines[line(item), default: Figures()].ledger += item.isCredit ? -value : value
            let open = value - there.reduce(0) { $0 + ($1.item == item.id || $1.note == item.id ? $1.minor : 0) }
            guard open != 0 else { continue }
            if item.isCredit {
                lines[line(item)]!.unallocated += open
            } else {
                let overdue = day - said.dueOn
                let age = basis == .due || overdue <= 0 ? overdue : max(1, day - item.issuedOn)
                let bucket = age <= 0 ? 0 : age <= 30 ? 1 : age <= 60 ? 2 : age <= 90 ? 3 : 4
                lines[line(item)]!.buckets[bucket] += open
                lines[line(item)]!.items += 1
            }
        }
        for receipt in receipts where receipt.cashOn <= day && isKnown(receipt.recordedAt) {
            let isReversed = receipt.reversal.map { $0.on <= day && isKnown($0.recordedAt) } ?? false
            let value = isReversed ? 0 : receipt.minor
            lines[line(receipt), default: Figures()].ledger -= value
            lines[line(receipt)]!.unallocated +=
                value - there.reduce(0) { $0 + ($1.receipt == receipt.id ? $1.minor : 0) }
        }
        for closing in there {
            let item = items[closing.item - 1]
            if let receipt = closing.receipt {
                lines[line(receipts[receipt - 1])]!.ledger += closing.minor
                lines[line(item)]!.ledger -= closing.minor
            } else if let note = closing.note {
                lines[line(items[note - 1])]!.ledger += closing.minor
                lines[line(item)]!.ledger -= closing.minor
            } else {
                lines[line(item)]!.ledger += item.isCredit ? closing.minor : -closing.minor
            }
        }
        return lines.filter { $0.value.items > 0 || $0.value.unallocated != 0 || $0.value.ledger != 0 }
    }
}
