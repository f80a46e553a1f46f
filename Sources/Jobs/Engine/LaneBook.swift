import Foundation

/// What an engine knows of the lanes that have something ready, so that it claims where it left off.
///
/// A claim that starts at the front of a lane walks over everything that was claimed before and is not vacuumed yet. So
/// each claim starts where the last one ended; what turns up before that point, because it has a higher priority or its
/// transaction was slow, is found by the next look at all heads.
struct LaneBook: Sendable {
    /// Jobs that are claimed in one order.
    struct Lane: Sendable, Hashable {
        let queue: String
        let kind: String
        /// Of the arguments.
        let version: Int
        /// 0 for none.
        let team: Int
        let isSolo: Bool

        /// All that may hold it up.
        var scopes: [JobScope] { [.all, .queue(queue), .kind(kind), .team(team)] }
    }

    /// Where the next claim begins and, if another partition of the lane has something to say after it, ends.
    struct Claim: Sendable {
        let lane: Lane
        let slot: Int
        let rank: Date
        let id: Int
        let until: Date
    }

    private struct Head {
        let slot: Int
        var rank: Date
        var id: Int
        /// There is nothing up to here, and what comes after is not known: nobody has to stop for it.
        var isGuess = false
        /// The bell's count before the claim that found nothing: there may be something again after the next ring.
        var dryAt: Int?
        var touched: ContinuousClock.Instant
    }

    private var heads: [Lane: [Head]] = [:]
    private var controls = Controls()
    /// Lanes that have used up what their limits allow, and when to ask again.
    private var held: [Lane: ContinuousClock.Instant] = [:]
    private var served: [Lane: Int] = [:]
    private var turn = 0
    private var lookedAt: ContinuousClock.Instant?
    private var hasClaimed = false

    /// How old a look may be while there is work.
    static let freshness: Duration = .milliseconds(100)
    /// How far the order between two partitions of a lane may be off; a step of priority is a minute.
    private static let tolerance: TimeInterval = 1
    /// How long a lane is remembered in which nothing happens.
    private static let memory: Duration = .seconds(90)

    /// How long the last look stays good enough; nil when it does not.
    var fresh: Duration? {
        guard let lookedAt else { return nil }
        let left = Self.freshness - (.now - lookedAt)
        return left > .zero ? left : nil
    }

    /// Whether claims have gone on for so long that something may have come in behind them.
    var isOutdated: Bool { lookedAt == nil || (hasClaimed && fresh == nil) }

    /// The next claim looks first: something may have come in behind the place that claims have reached.
    mutating func outdate() { lookedAt = nil }

    /// Takes in what a look at the heads of all lanes has found.
    mutating func look(_ rows: [JobsSQL.ReadyLanes.Row], _ controls: Controls) {
        let now = ContinuousClock.now
        self.controls = controls
        held = held.filter { $0.value > now }
        lookedAt = now
        hasClaimed = false
        for row in rows {
            let lane = Lane(
                queue: row.queue, kind: row.kind, version: row.version, team: row.team, isSolo: row.isSolo)
            // The cursor points before the head.
            let head = Head(slot: row.slot, rank: row.rank, id: row.id - 1, dryAt: nil, touched: now)
            heads[lane, default: []].removeAll { $0.slot == row.slot }
            heads[lane, default: []].append(head)
        }
        heads = heads.compactMapValues { heads in
            let kept = heads.filter { now - $0.touched < Self.memory }
            return kept.isEmpty ? nil : kept
        }
        served = served.filter { heads[$0.key] != nil }
    }

    /// The claim to try now: each lane in its turn, so that one that is full does not hold up the others.
    func next(heard: Int, where isWorkable: (Lane) -> Bool) -> Claim? {
        var best: (claim: Claim, served: Int)?
        let now = ContinuousClock.now
        for (lane, heads) in heads where isWorkable(lane) && !controls.stops(lane) {
            if let until = held[lane], until > now { continue }
            let live = heads.filter { $0.dryAt.map { $0 < heard } ?? true }
                .sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }
            guard let head = live.first else { continue }
            let turn = served[lane, default: 0]
            if let best, (best.served, best.claim.rank) <= (turn, head.rank) { continue }
            let until = live.dropFirst().first { !$0.isGuess }.map { $0.rank + Self.tolerance } ?? .distantFuture
            best = (Claim(lane: lane, slot: head.slot, rank: head.rank, id: head.id, until: until), turn)
        }
        return best?.claim
    }

    /// Whether a claim has to ask how much its limits allow.
    func isLimited(_ lane: Lane) -> Bool { controls.limits(lane) }

    /// Notes that the limits of a lane allow nothing for some time.
    mutating func hold(_ lane: Lane, for time: Duration) { held[lane] = .now + time }

    /// A job that ran has made room, or a limit has changed: limits are asked again.
    mutating func release() { held = [:] }

    /// How long until hours begin in which more may be claimed.
    var untilOpening: Duration? { controls.untilOpening }

    /// How long until a lane that was held may be tried again; nil when none is.
    var untilRelease: Duration? { held.values.min().map { max(.milliseconds(1), $0 - .now) } }

    /// Notes what a claim has brought.
    ///
    /// - Parameters:
    ///   - last: the last job that it got.
    ///   - isShort: it got less than it asked for.
    mutating func record(_ claim: Claim, last: Job?, isShort: Bool, heard: Int) {
        if last != nil {
            turn += 1
            served[claim.lane] = turn
            hasClaimed = true
        }
        guard var lane = heads[claim.lane], let index = lane.firstIndex(where: { $0.slot == claim.slot }) else {
            return
        }
        // Two workers may have claimed side by side.
        func advance(to rank: Date, _ id: Int, isGuess: Bool) {
            guard (lane[index].rank, lane[index].id) < (rank, id) else { return }
            (lane[index].rank, lane[index].id, lane[index].isGuess) = (rank, id, isGuess)
        }
        if let last {
            advance(to: last.rank, last.id, isGuess: false)
            lane[index].touched = .now
        }
        if isShort {
            let isEnd = claim.until == .distantFuture
            if isEnd { lane[index].dryAt = heard } else { advance(to: claim.until, .max, isGuess: true) }
        }
        heads[claim.lane] = lane
    }
}

/// What an engine may do next.
enum Turn: Sendable {
    case claim(LaneBook.Claim)
    /// Nothing where it was at the last look, which was a moment ago, or nothing that its limits allow: after this time there
    /// may be.
    case nothingYet(Duration)
    /// Nothing anywhere.
    case nothing

    /// How long to wait for the bell; nil for as long as it takes.
    var patience: Duration? {
        if case .nothingYet(let limit) = self { limit } else { nil }
    }
}
