import Domain
import TestSupport
import Testing

struct AgeingTests {
    @Test(arguments: [
        (-5, AgeingBucket.notDue), (0, .notDue), (1, .upTo30), (30, .upTo30), (31, .upTo60), (60, .upTo60),
        (61, .upTo90),
        (90, .upTo90), (91, .over90), (4000, .over90),
    ])
    func `a bucket holds both of its ends`(days: Int, bucket: AgeingBucket) {
        #expect(AgeingBucket(daysOverdue: days) == bucket)
    }

    @Test func `the buckets less what is unallocated are the ledger`() throws {
        var random = SeededRandom(seed: 6)
        let today = try day("2026-03-31")
        var ageing = Ageing(currency: try #require(Currency("EUR")))
        var ledger = 0
        for _ in 0..<1000 {
            let open = Int.random(in: 1...1_000_000, using: &random)
            ageing.add(openMinor: open, dueOn: today.adding(days: Int.random(in: -200...50, using: &random)), on: today)
            ledger += open
        }
        ageing.unallocatedMinor = 12_345
        #expect(ageing.ledgerMinor == ledger - 12_345)
        #expect(ageing.items == 1000)
    }
}
