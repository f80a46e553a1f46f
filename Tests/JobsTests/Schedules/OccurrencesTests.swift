import Foundation
import Testing

@testable import Jobs

@Suite struct OccurrencesTests {
    /// A change of a zone's clock, with its neighbours when they are near enough to matter.
    struct Change: Hashable {
        let instant: Int
        let before: Int
        let after: Int
        var neighbours: [Int] = []
    }

    /// Every change of every zone of the tz database between 2000 and 2037, with one of the zones that have it so.
    static let changes: [Change: TimeZone] = {
        var changes: [Change: TimeZone] = [:]
        let (start, end) = (946_684_800.0, 2_145_916_800.0)
        for zone in TimeZone.knownTimeZoneIdentifiers.compactMap(TimeZone.init(identifier:)) {
            var found: [Change] = []
            var instant = Date(timeIntervalSince1970: start)
            while let next = zone.nextDaylightSavingTimeTransition(after: instant), next.timeIntervalSince1970 < end {
                instant = next
                let change = Change(
                    instant: Int(next.timeIntervalSince1970), before: zone.secondsFromGMT(for: next - 1),
                    after: zone.secondsFromGMT(for: next))
                if change.before != change.after { found.append(change) }
            }
            for var change in found {
                change.neighbours = found.map(\.instant).filter { (1..<3 * 86_400).contains(abs($0 - change.instant)) }
                changes[change] = zone
            }
        }
        return changes
    }()

    /// Expressions with a reading of their own, of minutes since 1970 on the wall clock.
    static let expressions: [(cron: String, fires: @Sendable (Int) -> Bool)] = [
        ("* * * * *", { _ in true }),
        ("*/15 * * * *", { $0 % 15 == 0 }),
        ("30 * * * *", { $0 % 60 == 30 }),
        ("0 0 * * *", { $0 % 1_440 == 0 }),
        ("30 2 * * *", { $0 % 1_440 == 150 }),
        ("5,45 1-3 * * *", { (60..<240).contains($0 % 1_440) && ($0 % 60 == 5 || $0 % 60 == 45) }),
        (
            "15 0,23 * * SUN",
            { $0 % 60 == 15 && ($0 / 60 % 24 == 0 || $0 / 60 % 24 == 23) && ($0 / 1_440 + 4) % 7 == 0 }
        ),
    ]

    @Test func `around every change of every clock the occurrences agree with a minute-by-minute reference`() throws {
        #expect(Self.changes.count > 1_000)
        let crons = try Self.expressions.map { try CronExpression($0.cron) }
        for (change, zone) in Self.changes {
            // Wide enough for both passes through a repeated hour, and for a day that was left out.
            let reach = abs(change.after - change.before) + 3_600
            let (start, end) = ((change.instant - reach) / 60 * 60, change.instant + reach)
            let reference = ClockReference(zone, from: start, to: end)
            let jumps = change.after > change.before
            // A policy for what is not there has nothing to decide.
            for gap in jumps ? GapPolicy.allCases : [.shift] {
                for overlap in jumps ? [.first] : OverlapPolicy.allCases {
                    for (cron, expression) in zip(crons, Self.expressions) {
                        let after = Date(timeIntervalSince1970: Double(start) - 1)
                        let found = Occurrences(cron, after: after, in: zone, gap: gap, overlap: overlap)
                            .found(before: end)
                        let expected = reference.occurrences(gap: gap, overlap: overlap) { local in
                            expression.fires(local) ? [.init(nominal: local, isDropped: false)] : []
                        }
                        try #require(
                            found == expected, "\(zone.identifier) \(change) '\(cron)' gap \(gap) overlap \(overlap)")
                    }
                }
            }
        }
    }

    @Test func `both gap policies and all overlap policies meet hundreds of changes`() {
        #expect(Self.changes.keys.count { $0.after > $0.before } > 500)
        #expect(Self.changes.keys.count { $0.after < $0.before } > 500)
    }

    @Test func `wherever one begins, the rest is the same`() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let cron = try CronExpression("*/20 * * * *")
        // Both changes of 2026.
        for change in [1_774_746_000, 1_792_890_000] {
            let start = Date(timeIntervalSince1970: Double(change - 4 * 3_600))
            let all = Occurrences(cron, after: start, in: zone, overlap: .both).prefix(30).filter { !$0.isDropped }
            for (index, occurrence) in all.enumerated().dropLast() {
                #expect(cron.next(after: occurrence.instant, in: zone, overlap: .both) == all[index + 1])
                #expect(cron.next(after: occurrence.instant - 1, in: zone, overlap: .both) == occurrence)
            }
        }
    }

    @Test func `a time that the clock jumps over is shifted or skipped`() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let start = try Date("2026-03-28T12:00:00Z", strategy: .iso8601)
        let cron = try CronExpression("30 2 * * *")
        let shifted = try #require(cron.next(after: start, in: zone, gap: .shift))
        #expect(shifted.localTime.description == "2026-03-29T02:30")
        #expect(shifted.reason == "the clock jumps over 2026-03-29T02:30")
        #expect(try shifted.instant == Date("2026-03-29T01:30:00Z", strategy: .iso8601))
        #expect(cron.next(after: start, in: zone, gap: .skip)?.localTime.description == "2026-03-30T02:30")
    }

    @Test func `a time that comes twice fires at its first, its last or both`() throws {
        let zone = try #require(TimeZone(identifier: "America/New_York"))
        let start = try Date("2026-10-31T12:00:00Z", strategy: .iso8601)
        let cron = try CronExpression("30 1 1 11 *")
        func hours(_ overlap: OverlapPolicy) -> [String] {
            Occurrences(cron, after: start, in: zone, overlap: overlap).prefix(2).map { $0.instant.ISO8601Format() }
        }
        #expect(hours(.first) == ["2026-11-01T05:30:00Z", "2027-11-01T05:30:00Z"])
        #expect(hours(.last) == ["2026-11-01T06:30:00Z", "2027-11-01T05:30:00Z"])
        #expect(hours(.both) == ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"])
    }

    @Test func `a day that a country left out is made up for once`() throws {
        // Samoa went from 29 to 31 December 2011.
        let zone = try #require(TimeZone(identifier: "Pacific/Apia"))
        let start = try Date("2011-12-29T12:00:00Z", strategy: .iso8601)
        let daily = Occurrences(try CronExpression("0 9 * * *"), after: start, in: zone).prefix(4)
        #expect(
            daily.filter { !$0.isDropped }.map(\.localTime.description) == [
                "2011-12-29T09:00", "2011-12-31T09:00", "2012-01-01T09:00",
            ])
        #expect(
            daily.first(where: \.isDropped)?.reason
                == "the clock jumps over 2011-12-30T09:00; that of 2011-12-31T09:00 stands at the same time")
        let friday = try CronExpression("0 9 30 12 *").next(after: start, in: zone)
        #expect(try friday?.instant == Date("2011-12-30T19:00:00Z", strategy: .iso8601))
    }
}
