import Domain
import TestSupport
import Testing

/// In which order a claim is paid, and what closes behind a payment without money.
struct ClosingRulesTests {
    let due = CalendarDate("2026-03-01")!

    func invoice(_ id: Int, open: Int, due day: CalendarDate? = nil) -> PayableItem {
        PayableItem(
            id: id, number: "INV-\(id)", issuedOn: (day ?? due).adding(days: -30), dueOn: day ?? due, openMinor: open)
    }

    func charge(
        _ id: Int, _ part: PayableItem.Part, of claim: PayableItem, open: Int, order: PaymentOrder = .costsFirst
    ) -> PayableItem {
        var item = invoice(id, open: open, due: due.adding(days: 20))
        (item.part, item.claim, item.claimDueOn, item.order) = (part, claim.id, claim.dueOn, order)
        return item
    }

    func money(
        _ minor: Int, _ remittance: String = "", receipt: Int = 1, on day: CalendarDate? = nil, designated: [Int] = [],
        _ designation: Allocation.Reason = .remittance
    ) -> IncomingMoney {
        IncomingMoney(
            receipt: receipt, reference: "B\(receipt)", bookedOn: day ?? due, minor: minor, remittance: remittance,
            designated: designated, designation: designation)
    }

    @Test(arguments: [(PaymentOrder.costsFirst, [12, 11, 1]), (.principalFirst, [1, 12, 11])])
    func `a claim is paid in its legal order`(order: PaymentOrder, expected: [Int]) {
        var principal = invoice(1, open: 100)
        principal.order = order
        let items = [
            principal, charge(11, .interest, of: principal, open: 20, order: order),
            charge(12, .costs, of: principal, open: 5, order: order), invoice(2, open: 50, due: due.adding(days: 1)),
        ]
        for pays in [money(125), money(125, "INV-1"), money(125, designated: [1], .structuredReference)] {
            let made = AllocationRules.allocate([pays], to: items)
            #expect(made.map(\.invoice) == expected)
        }
        let part = AllocationRules.allocate([money(30, "INV-1")], to: items)
        #expect(part.map(\.minor) == (order == .costsFirst ? [5, 20, 5] : [30]))
    }

    @Test func `who pays exactly what one item owes pays that item`() {
        let principal = invoice(1, open: 100)
        let items = [principal, charge(12, .costs, of: principal, open: 5)]
        let made = AllocationRules.allocate([money(100, designated: [1], .exactAmount)], to: items)
        #expect(made.map(\.invoice) == [1])
        let fee = AllocationRules.allocate([money(5, "INV-12")], to: items)
        #expect(fee.map(\.invoice) == [12])
    }

    private func discounted(_ id: Int = 1, open: Int = 10_000) throws -> PayableItem {
        var item = invoice(id, open: open)
        try item.grantDiscount(#require(Percent("2")), of: open, until: due)
        return item
    }

    @Test(arguments: [
        // days after the discount's last day, paid, closed without money
        (0, 9_800, 200), (-3, 9_900, 100), (0, 9_799, 0), (1, 9_800, 0), (0, 10_000, 0),
    ])
    func `paid in time less the discount, the rest closes`(late: Int, paid: Int, closed: Int) throws {
        let day = due.adding(days: late)
        for text in ["", "INV-1"] {
            let made = AllocationRules.allocate([money(paid, text, on: day)], to: [try discounted()])
            #expect(made.map(\.minor) == (closed == 0 ? [paid] : [paid, closed]))
            #expect(made.last?.reason == (closed == 0 ? made[0].reason : .discountTaken))
            #expect(made.allSatisfy { $0.effectiveOn == day })
        }
    }

    @Test func `money for two discounted invoices reaches for both, and in full it pays both in full`() throws {
        let items = [try discounted(1), try discounted(2)]
        let less = AllocationRules.allocate([money(19_600, "INV-1, INV-2")], to: items)
        #expect(less.map(\.minor) == [9_800, 9_800, 200, 200])
        let full = AllocationRules.allocate([money(20_000, "INV-1, INV-2")], to: items)
        #expect(full.map(\.minor) == [10_000, 10_000])
    }

    @Test func `what was paid late before gives no discount`() throws {
        var item = invoice(1, open: 5_000)
        try item.grantDiscount(#require(Percent("2")), of: 10_000, until: due, lateMinor: 5_000)
        #expect(AllocationRules.allocate([money(4_900)], to: [item]).count == 1)
    }

    @Test(arguments: [(99, 1, true), (98, 1, false), (100, 1, false)])
    func `a remainder within the tolerance closes`(paid: Int, tolerance: Int, closes: Bool) {
        let made = AllocationRules.allocate([money(paid)], to: [invoice(1, open: 100)], tolerance: tolerance)
        #expect((made.last?.reason == .smallDifference) == closes)
        #expect(AllocationRules.allocate([], to: [invoice(1, open: 1)], tolerance: 1).isEmpty)
    }

    @Test func `a draft pays what it was meant for before anything older`() {
        var draft = money(60)
        draft.covers = [DraftCover(invoice: 2, minor: 40, reason: .remittance)]
        let items = [invoice(1, open: 100), invoice(2, open: 50, due: due.adding(days: 9))]
        let made = AllocationRules.allocate([draft], to: items)
        #expect(made.map(\.invoice) == [2, 1] && made.map(\.minor) == [40, 20])
    }

    @Test func `the order of receipts and items does not matter, and nothing is overdrawn`() throws {
        var random = SeededRandom(seed: 4)
        for _ in 0..<500 {
            var items: [PayableItem] = []
            for id in 1...Int.random(in: 1...4, using: &random) {
                var principal = invoice(
                    id, open: Int.random(in: 0...500, using: &random),
                    due: due.adding(days: Int.random(in: -20...20, using: &random)))
                principal.order = id % 2 == 0 ? .costsFirst : .principalFirst
                if Bool.random(using: &random) {
                    try principal.grantDiscount(
                        #require(Percent("3")), of: principal.openMinor + 100,
                        until: due.adding(days: Int.random(in: -5...5, using: &random)))
                }
                items.append(principal)
                for (offset, part) in [PayableItem.Part.costs, .interest].enumerated() {
                    items.append(
                        charge(
                            id * 10 + offset, part, of: principal, open: Int.random(in: 0...40, using: &random),
                            order: principal.order))
                }
            }
            let receipts = (1...Int.random(in: 1...4, using: &random)).map { receipt in
                money(
                    Int.random(in: 1...700, using: &random),
                    Bool.random(using: &random) ? "INV-\(Int.random(in: 1...5, using: &random))" : "",
                    receipt: receipt, designated: receipt == 2 ? [Int.random(in: 1...4, using: &random)] : [])
            }
            let made = AllocationRules.allocate(receipts, to: items, tolerance: 2)
            for _ in 0..<3 {
                let shuffled = AllocationRules.allocate(
                    receipts.shuffled(using: &random), to: items.shuffled(using: &random), tolerance: 2)
                #expect(shuffled == made)
            }
            for item in items {
                #expect(made.filter { $0.invoice == item.id }.reduce(0) { $0 + $1.minor } <= item.openMinor)
            }
            for receipt in receipts {
                #expect(made.filter { $0.receipt == receipt.receipt }.reduce(0) { $0 + $1.minor } <= receipt.minor)
            }
            #expect(made.allSatisfy { $0.minor > 0 })
        }
    }
}
