import Domain
import TestSupport
import Testing

struct AllocationRulesTests {
    let booked = CalendarDate("2026-03-31")!

    func item(_ id: Int, _ number: String, due: String, open: Int) throws -> PayableItem {
        let due = try day(due)
        return PayableItem(id: id, number: number, issuedOn: due.adding(days: -30), dueOn: due, openMinor: open)
    }

    func money(_ minor: Int, _ remittance: String = "", receipt: Int = 1) -> IncomingMoney {
        IncomingMoney(
            receipt: receipt, reference: "B\(receipt)", bookedOn: booked, minor: minor, remittance: remittance)
    }

    @Test func `what the payer named goes first, then the oldest debt`() throws {
        let items = [
            try item(1, "INV-1", due: "2026-01-01", open: 100), try item(2, "INV-2", due: "2026-02-01", open: 100),
            try item(3, "INV-3", due: "2026-03-01", open: 100),
        ]
        let allocations = AllocationRules.allocate([money(250, "payment of inv-3, thanks")], to: items)
        #expect(allocations.map(\.invoice) == [3, 1, 2])
        #expect(allocations.map(\.minor) == [100, 100, 50])
        #expect(allocations.map(\.reason) == [.remittance, .oldestDue, .oldestDue])
    }

    @Test func `which of a day's money pays the oldest debt does not depend on its place in a file`() throws {
        let items = [
            try item(1, "INV-1", due: "2026-01-01", open: 50), try item(2, "INV-2", due: "2026-02-01", open: 100),
            try item(3, "INV-3", due: "2026-02-02", open: 100),
        ]
        func payer(_ texts: [String], of number: Int, entries: ClosedRange<Int>) -> String? {
            let money = zip(texts, entries).map { text, entry in
                IncomingMoney(
                    receipt: entry, reference: "S-1/\(entry).1", bookedOn: booked, minor: 150, remittance: text)
            }
            let paid = AllocationRules.allocate(money, to: items).first { $0.invoice == number }?.receipt
            return money.first { $0.receipt == paid }?.remittance
        }
        for entries in [1...2, 9...10, 99...100] {
            #expect(payer(["INV-2", "INV-3"], of: 1, entries: entries) == "INV-2")
            #expect(payer(["INV-3", "INV-2"], of: 1, entries: entries) == "INV-2")
        }
    }

    @Test func `money of a later day takes no discount and no small difference away`() throws {
        var early = try item(1, "INV-1", due: "2026-01-01", open: 100_001)
        try early.grantDiscount(#require(Percent("2")), of: 100_001, until: booked)
        let items = [early, try item(2, "INV-2", due: "2026-02-01", open: 10_000)]
        var later = money(500_000, receipt: 3)
        later.bookedOn = booked.adding(days: 2)
        let payments = [money(98_001, "INV-1"), money(9_950, "INV-2", receipt: 2), later]
        let together = AllocationRules.allocate(payments, to: items, tolerance: 50)
        #expect(together.map(\.reason) == [.remittance, .remittance, .discountTaken, .smallDifference])
        #expect(together.map(\.minor) == [98_001, 9_950, 2_000, 50])
        #expect(AllocationRules.allocate(payments.reversed(), to: items, tolerance: 50) == together)
    }

    @Test func `money that names nothing keeps discounts too`() throws {
        var early = try item(1, "INV-1", due: "2026-01-01", open: 100_000)
        try early.grantDiscount(#require(Percent("2")), of: 100_000, until: booked)
        let items = [early, try item(2, "INV-2", due: "2026-02-01", open: 10_000)]
        let allocations = AllocationRules.allocate([money(8_000), money(100_000, receipt: 2)], to: items)
        #expect(allocations.reduce(0) { $0 + $1.minor } == 110_000)
        #expect(allocations.filter { $0.reason == .discountTaken }.map(\.minor) == [2_000])
        // Where it reaches for all, nothing is kept.
        #expect(AllocationRules.allocate([money(110_000)], to: items).allSatisfy { $0.receipt != nil })
    }

    @Test func `a discount that one payment has earned is not paid by another of the day`() throws {
        var early = try item(1, "INV-1", due: "2026-01-01", open: 238_000)
        try early.grantDiscount(#require(Percent("2")), of: 238_000, until: booked)
        for other in [money(50_000, receipt: 2), money(233_240, "INV-1", receipt: 2)] {
            let allocations = AllocationRules.allocate([money(233_240, "INV-1"), other], to: [early])
            #expect(allocations.map(\.reason) == [.remittance, .discountTaken])
            #expect(allocations.map(\.minor) == [233_240, 4_760])
        }
        // Who pays just the rest means it.
        let rest = AllocationRules.allocate([money(233_240, "INV-1"), money(4_760, "INV-1", receipt: 2)], to: [early])
        #expect(rest.map(\.minor) == [233_240, 4_760] && rest.allSatisfy { $0.receipt != nil })
    }

    @Test func `money of a day before a charge was asked for does not pay it`() throws {
        var charge = try item(2, "DN-1-C1", due: "2026-04-14", open: 4_000)
        (charge.part, charge.claim, charge.askedOn) = (.costs, 1, booked.adding(days: 1))
        let items = [try item(1, "INV-1", due: "2026-03-01", open: 100_000), charge]
        let early = AllocationRules.allocate([money(100_000, "INV-1")], to: items)
        #expect(early.map(\.invoice) == [1] && early.map(\.minor) == [100_000])
        var later = money(100_000, "INV-1")
        later.bookedOn = booked.adding(days: 1)
        #expect(AllocationRules.allocate([later], to: items).map(\.invoice) == [2, 1])
    }

    @Test(arguments: [
        ("INV-12", false), ("INV-1-2", false), ("XINV-1", false), ("(INV-1)", true), ("INV-1/INV-2", true),
    ])
    func `a number is not read out of a longer one`(text: String, isNamed: Bool) throws {
        let items = [
            try item(1, "INV-1", due: "2026-02-01", open: 100), try item(2, "A", due: "2026-01-01", open: 100),
        ]
        #expect((AllocationRules.allocate([money(100, text)], to: items).first?.invoice == 1) == isNamed)
    }

    @Test func `an invoice paid in advance is paid from its issue on`() throws {
        let items = [try item(1, "INV-1", due: "2026-06-30", open: 100)]
        #expect(AllocationRules.allocate([money(100)], to: items).first?.effectiveOn == items[0].issuedOn)
    }

    @Test func `neither a receipt nor an invoice is overdrawn, and nothing is left that could pay`() throws {
        var random = SeededRandom(seed: 9)
        for _ in 0..<1000 {
            let items = try (1...Int.random(in: 1...6, using: &random)).map {
                try item(
                    $0, "INV-\($0)", due: "2026-0\(Int.random(in: 1...9, using: &random))-15",
                    open: Int.random(in: 0...500, using: &random))
            }
            let receipts = (1...Int.random(in: 1...4, using: &random)).map {
                money(
                    Int.random(in: 1...900, using: &random), "INV-\(Int.random(in: 1...8, using: &random))", receipt: $0
                )
            }
            let allocations = AllocationRules.allocate(receipts, to: items)
            func sum(_ of: [Allocation]) -> Int { of.reduce(0) { $0 + $1.minor } }
            for item in items { #expect(sum(allocations.filter { $0.invoice == item.id }) <= item.openMinor) }
            for receipt in receipts {
                #expect(sum(allocations.filter { $0.receipt == receipt.receipt }) <= receipt.minor)
            }
            #expect(
                sum(allocations) == min(items.reduce(0) { $0 + $1.openMinor }, receipts.reduce(0) { $0 + $1.minor }))
            #expect(AllocationRules.allocate(receipts.reversed(), to: items.reversed()) == allocations)
        }
    }
}
