import Testing

@testable import Jobs

@Suite struct WatchTests {
    private let heartbeat = Duration.seconds(3)
    private let silence = Duration.seconds(9)
    private let start = ContinuousClock.now

    @Test func `an engine that beats in time takes a silent one for dead at once`() {
        var watch = Watch(at: start)
        for beat in 0..<20 { #expect(self.beat(&watch, at: .seconds(beat * 3))) }
    }

    @Test func `one that was cut off itself gives the others the time to come back, from its return on`() {
        var watch = Watch(at: start)
        #expect(beat(&watch, at: .seconds(3)))
        #expect(!beat(&watch, at: .seconds(20)))
        for second in [23, 26, 28] { #expect(!beat(&watch, at: .seconds(second))) }
        #expect(beat(&watch, at: .seconds(29)))
    }

    @Test func `a heartbeat that comes late, but before others could have been missed, changes nothing`() {
        var watch = Watch(at: start)
        #expect(beat(&watch, at: .seconds(6)))
        #expect(!beat(&watch, at: .seconds(12) + .milliseconds(1)))
    }

    private func beat(_ watch: inout Watch, at time: Duration) -> Bool {
        watch.beat(at: start + time, every: heartbeat, silence: silence)
    }
}
