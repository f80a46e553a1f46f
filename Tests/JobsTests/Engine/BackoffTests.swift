import Testing

@testable import Jobs

@Suite struct BackoffTests {
    @Test func `a delay lies between nothing and its bound, and uses all of that room`() {
        var random = SystemRandomNumberGenerator()
        let backoff = Backoff(base: .seconds(2), limit: .seconds(300))
        for attempt in 1...100 {
            let bound = backoff.bound(afterAttempt: attempt)
            #expect(bound == min(.seconds(300), .seconds(2) * (1 << min(attempt - 1, 20))))
            let delays = (0..<200).map { _ in backoff.delay(afterAttempt: attempt, using: &random) }
            #expect(delays.allSatisfy { $0 >= .zero && $0 <= bound })
            // Full jitter: the odds of missing a quarter with 200 tries are below 1e-24.
            #expect(delays.contains { $0 < bound * 0.25 } && delays.contains { $0 > bound * 0.75 })
        }
    }

    @Test func `the bound never falls and never overflows`() {
        let backoff = Backoff(base: .seconds(86_400), limit: .seconds(Int64(1) << 40))
        let bounds = [0, 1, 2, 30, 60, 1_000, .max].map(backoff.bound)
        #expect(bounds == bounds.sorted() && bounds.last == .seconds(Int64(1) << 40))
    }
}
