import Domain
import TestSupport
import Testing

struct SnapshotRulesTests {
    let due = CalendarDate("2026-03-01")!

    private func change(
        amount: Int, open: Int, here: SnapshotRules.Here
    ) throws(Reject) -> SnapshotRules.Change? {
        try SnapshotRules.change(.init(amountMinor: amount, openMinor: open, dueOn: due, here: here))
    }

    private func here(
        _ amount: Int, settled: Int = 0, closed: Int = 0, now: Int? = nil, inSource: Int = 0
    ) -> SnapshotRules.Here {
        .init(
            amountMinor: amount, dueOn: due, settledMinor: settled, closedMinor: closed, closedByNowMinor: now,
            closedInSourceMinor: inSource)
    }

    @Test func `what the other ledger closed since is closed here, and only once`() throws {
        #expect(try change(amount: 100, open: 60, here: here(100))?.closingMinor == 40)
        #expect(try change(amount: 100, open: 60, here: here(100, closed: 40, inSource: 40)) == nil)
        #expect(try change(amount: 100, open: 60, here: here(100, settled: 40)) == nil)
        #expect(try change(amount: 120, open: 60, here: here(100, settled: 40))?.closingMinor == 20)
    }

    @Test func `what it opened again is opened here`() throws {
        #expect(try change(amount: 100, open: 100, here: here(100, closed: 100, inSource: 100))?.closingMinor == -100)
        let settled = try change(amount: 100, open: 100, here: here(100, settled: 30, closed: 20, inSource: 20))
        #expect(settled?.closingMinor == -20 && settled?.settledMinor == 0)
    }

    @Test func `what was paid here stays paid, before and after the day`() throws {
        #expect(try change(amount: 100, open: 100, here: here(100, closed: 40)) == nil)
        #expect(try change(amount: 100, open: 100, here: here(100, closed: 0, now: 40)) == nil)
        // It came in with 40 settled, and 60 were paid here.
        #expect(try change(amount: 100, open: 60, here: here(100, settled: 40, closed: 60)) == nil)
        #expect(try change(amount: 100, open: 50, here: here(100, closed: 0, now: 80))?.closingMinor == 20)
        #expect(throws: Reject.self) { try change(amount: 80, open: 80, here: here(100, closed: 100)) }
    }

    @Test func `a fifth may close, more may not`() {
        #expect(!SnapshotRules.closesTooMany(0, of: 0))
        #expect(!SnapshotRules.closesTooMany(20, of: 100))
        #expect(SnapshotRules.closesTooMany(21, of: 100))
        #expect(SnapshotRules.closesTooMany(1, of: 4))
    }

    @Test func `after a change the list says what is here, unless more was paid here than it knows`() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<5_000 {
            let amount = Int.random(in: 1...50, using: &random)
            let settled = Int.random(in: 0...amount, using: &random)
            let inSource = Int.random(in: 0...(amount - settled), using: &random)
            let paid = Int.random(in: 0...(amount - settled - inSource), using: &random)
            let before = Bool.random(using: &random) ? paid : 0
            let here = here(
                amount, settled: settled, closed: inSource + before, now: inSource + paid, inSource: inSource)
            let listed = Int.random(in: 1...50, using: &random)
            let open = Int.random(in: 0...listed, using: &random)
            guard let made = try? change(amount: listed, open: open, here: here) else { continue }
            let left = made.amountMinor - made.settledMinor - inSource - paid - made.closingMinor
            #expect(left >= 0 && left <= max(open, 0))
            #expect(made.settledMinor >= 0 && inSource + made.closingMinor >= 0)
            let again = SnapshotRules.Here(
                amountMinor: made.amountMinor, dueOn: made.dueOn, settledMinor: made.settledMinor,
                closedMinor: inSource + before + made.closingMinor,
                closedByNowMinor: inSource + paid + made.closingMinor,
                closedInSourceMinor: inSource + made.closingMinor)
            #expect(try change(amount: listed, open: open, here: again) == nil)
        }
    }
}
