import Foundation
import Testing

@testable import Jobs

@Suite struct MisfireTests {
    /// Five occurrences an hour apart, the last of them 5 s ago.
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let due = (0..<5).map { index in
        Occurrence(
            localTime: LocalTime(minutes: index * 60), fold: 0, instant: now - 5 - Double(4 - index) * 3_600,
            causes: [], isDropped: false)
    }

    @Test(arguments: [
        (MisfirePolicy.skip, "skipped skipped skipped skipped fired"),
        (.once, "skipped skipped skipped skipped fired"),
        (.last(3), "skipped skipped late late fired"),
        (.all, "late late late late fired"),
    ])
    func `what was missed is treated as the policy says`(policy: MisfirePolicy, states: String) {
        let decisions = policy.decide(Self.due, now: Self.now, maximumLateness: nil)
        #expect(decisions.map(\.state.rawValue).joined(separator: " ") == states)
        #expect(decisions.allSatisfy { ($0.state == .fired) == $0.reason.isEmpty })
    }

    @Test func `when nothing is on time, once fires the newest of the late`() {
        let decisions = MisfirePolicy.once.decide(Self.due, now: Self.now + 1_000, maximumLateness: nil)
        #expect(decisions.map(\.state) == [.skipped, .skipped, .skipped, .skipped, .late])
    }

    @Test func `nothing fires later than the maximum lateness`() {
        let decisions = MisfirePolicy.all.decide(Self.due, now: Self.now, maximumLateness: .seconds(2 * 3_600))
        #expect(decisions.map(\.state) == [.skipped, .skipped, .skipped, .late, .fired])
    }

    @Test(arguments: [
        (MisfirePolicy.skip, "skipped skipped skipped skipped skipped"),
        (.once, "skipped skipped skipped skipped late"), (.last(3), "skipped skipped late late late"),
        (.all, "late late late late late"),
    ])
    func `a maximum lateness cuts what the policy lets through`(policy: MisfirePolicy, states: String) {
        func decided(_ limit: Duration?) -> String {
            policy.decide(Self.due, now: Self.now + 600, maximumLateness: limit).map(\.state.rawValue)
                .joined(separator: " ")
        }
        #expect(decided(nil) == states)
        #expect(decided(.seconds(86_400)) == states)
        #expect(decided(.seconds(300)) == "skipped skipped skipped skipped skipped")
        let kept = states.split(separator: " ").enumerated().map { $0 < 3 ? "skipped" : $1 }
        #expect(decided(.seconds(2 * 3_600)) == kept.joined(separator: " "))
    }

    @Test func `how late an occurrence was found is said in the units that a person thinks in`() {
        let found = [0, 90, 53_567, 86_400 * 3 + 60].map { late in
            MisfirePolicy.all.decide([Self.due[4]], now: Self.due[4].instant + Double(late), maximumLateness: nil)[0]
                .reason
        }
        #expect(found == ["", "found 1 min 30 s late", "found 14 h 52 min late", "found 3 d late"])
        let skipped = MisfirePolicy.all.decide([Self.due[0]], now: Self.now, maximumLateness: .seconds(7_200))[0]
        #expect(skipped.reason == "found 4 h late, later than 2 h")
    }

    @Test func `what a policy of the schedule leaves out takes no other's place`() {
        var due = Self.due
        let last = due.removeLast()
        due.append(
            Occurrence(
                localTime: last.localTime, fold: 0, instant: last.instant, causes: [.gap(last.localTime)],
                isDropped: true))
        let decisions = MisfirePolicy.once.decide(due, now: Self.now, maximumLateness: nil)
        #expect(decisions.map(\.state) == [.skipped, .skipped, .skipped, .late, .skipped])
        #expect(decisions[4].reason.contains("jumps over"))
    }

    @Test(arguments: ["skip", "once", "all", "last:7"])
    func `a policy is written as it is read`(text: String) {
        #expect(MisfirePolicy(text)?.description == text)
    }

    @Test(arguments: ["last:0", "last:", "last", "never", "last:-1"])
    func `a word that is no policy is refused`(text: String) {
        #expect(MisfirePolicy(text) == nil)
    }
}
