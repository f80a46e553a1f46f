import Domain
import TestSupport
import Testing

struct FairRotationTests {
    typealias Candidate = FairRotation.Candidate

    /// Companies of all sorts, the same in every run.
    private static let seeds = Array(UInt64(1)...60)

    private func candidates(_ random: inout SeededRandom) -> [Candidate] {
        (1...Int.random(in: 2...9, using: &random)).map { member in
            Candidate(
                member: member * 7, weight: Int.random(in: 0...9, using: &random),
                capacity: Bool.random(using: &random) ? Int.random(in: 0...12, using: &random) : nil,
                openLeads: Int.random(in: 0...5, using: &random), isAbsent: Int.random(in: 0...3, using: &random) == 0)
        }
    }

    @Test(arguments: seeds) func `nobody is ever more than a lead away from their share`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let weights = (1...Int.random(in: 1...9, using: &random)).map { _ in Int.random(in: 1...20, using: &random) }
        let total = weights.reduce(0, +)
        var rotation = FairRotation(weights.enumerated().map { Candidate(member: $0, weight: $1) })
        var got = weights.map { _ in 0 }
        for count in 1...(3 * total) {
            guard let winner = rotation.next().winner else { return #expect(Bool(false), "somebody is there") }
            got[winner] += 1
            for (index, weight) in weights.enumerated() {
                #expect(abs(Double(got[index]) - Double(count * weight) / Double(total)) < 1.001)
            }
        }
        #expect(got == weights.map { 3 * $0 })
    }

    @Test func `turns of a heavy weight are spread between the others`() {
        var rotation = FairRotation([Candidate(member: 1, weight: 3), Candidate(member: 2), Candidate(member: 3)])
        let turns = (0..<10).compactMap { _ in rotation.next().winner }
        #expect(turns == [1, 1, 2, 1, 3, 1, 1, 2, 1, 3])
    }

    @Test(arguments: seeds) func `the absent, the full and those of weight zero get nothing, and the reason says so`(
        seed: UInt64
    ) {
        var random = SeededRandom(seed: seed)
        let candidates = candidates(&random)
        var rotation = FairRotation(candidates)
        var open = Dictionary(uniqueKeysWithValues: candidates.map { ($0.member, $0.openLeads) })
        for _ in 0..<80 {
            let turn = rotation.next()
            #expect(turn.standings.map(\.member) == candidates.map(\.member))
            for (candidate, standing) in zip(candidates, turn.standings) {
                let isFull = candidate.capacity.map { open[candidate.member, default: 0] >= $0 } ?? false
                let expected: FairRotation.Reason =
                    if candidate.weight == 0 { .weightZero } else if candidate.isAbsent { .absent } else if isFull {
                        .atCapacity
                    } else if candidate.member == turn.winner { .nextInRotation } else { .laterInRotation }
                #expect(standing.reason == expected)
            }
            if let winner = turn.winner {
                open[winner, default: 0] += 1
            } else {
                #expect(!turn.standings.contains { $0.reason == .laterInRotation })
            }
        }
        for candidate in candidates {
            let limit = max(candidate.openLeads, candidate.capacity ?? .max)
            #expect(open[candidate.member, default: 0] <= limit)
        }
    }

    @Test(arguments: seeds) func `the order in which candidates are listed makes no difference`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let candidates = candidates(&random)
        var (one, other) = (FairRotation(candidates), FairRotation(candidates.shuffled(using: &random)))
        for _ in 0..<40 { #expect(one.next() == other.next()) }
    }

    @Test(arguments: seeds) func `a rotation goes on from the balances of its last turn as if it never stopped`(
        seed: UInt64
    ) {
        var random = SeededRandom(seed: seed)
        let candidates = candidates(&random)
        var whole = FairRotation(candidates)
        var stopped = whole
        for _ in 0..<40 {
            let turn = stopped.next()
            #expect(turn == whole.next())
            stopped = FairRotation(
                zip(candidates, turn.standings).map { candidate, standing in
                    var resumed = candidate
                    resumed.balance = standing.balance
                    resumed.openLeads = standing.openLeads + (standing.member == turn.winner ? 1 : 0)
                    return resumed
                })
        }
    }

    @Test(arguments: seeds) func `nobody is buried in leads on the first day back`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let weights = [1, 2, 3, 1].shuffled(using: &random)
        var away = weights.enumerated().map { Candidate(member: $0, weight: $1) }
        away[0].isAbsent = true
        var rotation = FairRotation(away)
        for _ in 0..<Int.random(in: 0...500, using: &random) { _ = rotation.next() }
        var rested = rotation.candidates
        rested[0].isAbsent = false
        rotation = FairRotation(rested)
        let share = (0..<70).count { _ in rotation.next().winner == 0 }
        #expect(abs(share - 10 * weights[0]) <= 1)
    }

    @Test func `no lead is lost or made up: the balances of all always sum to nothing`() {
        var random = SeededRandom(seed: 4)
        let weights = (1...7).map { _ in Int.random(in: 1...97, using: &random) }
        var rotation = FairRotation(weights.enumerated().map { Candidate(member: $0, weight: $1) })
        for _ in 0..<1000 {
            _ = rotation.next()
            #expect(rotation.candidates.reduce(0) { $0 + $1.balance } == 0)
        }
    }

    @Test func `in a team without members nobody's turn comes`() {
        var rotation = FairRotation([])
        #expect(rotation.next().winner == nil)
    }
}
