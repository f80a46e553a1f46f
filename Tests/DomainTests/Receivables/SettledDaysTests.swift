import Domain
import TestSupport
import Testing

struct SettledDaysTests {
    private let start = CalendarDate("2026-02-01")!

    @Test func `a late payment counts from when the one before it was taken back`() {
        var uses = SettledDays.Uses(capacityMinor: 100)
        uses.days = [start.adding(days: 11): 100, start.adding(days: 19): -100]
        var days = SettledDays(["R-1": uses])
        #expect(days.use(100, of: ["R-1", "B-2"], from: start.adding(days: 12)) == start.adding(days: 19))
    }

    @Test func `what has room counts from its day`() {
        var uses = SettledDays.Uses(capacityMinor: 100)
        uses.days = [start.adding(days: 14): 60]
        var days = SettledDays(["R-1": uses])
        #expect(days.use(40, of: ["R-1"], from: start) == start)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `on no day is more used than there is`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var days = SettledDays(["a": .init(capacityMinor: 100), "b": .init(capacityMinor: 150)])
        var rows: [(subjects: [String], day: CalendarDate, minor: Int)] = []
        func used(_ subject: String, on day: CalendarDate) -> Int {
            rows.filter { $0.subjects.contains(subject) && $0.day <= day }.reduce(0) { $0 + $1.minor }
        }
        for _ in 0..<40 {
            let subjects = [["a"], ["b"], ["a", "b"]].randomElement(using: &random)!
            let day = start.adding(days: Int.random(in: 0...30, using: &random))
            let end = start.adding(days: 1_000)
            let left = subjects.map { ($0 == "a" ? 100 : 150) - used($0, on: end) }.min()!
            if Bool.random(using: &random), let taken = rows.filter({ $0.minor > 0 }).randomElement(using: &random),
                !rows.contains(where: { $0.subjects == taken.subjects && $0.minor == -taken.minor })
            {
                // As a reversal: not before what it takes back.
                let back = max(day, taken.day)
                #expect(days.use(-taken.minor, of: taken.subjects, from: back) == back)
                rows.append((taken.subjects, back, -taken.minor))
            } else if left > 0 {
                let minor = Int.random(in: 1...left, using: &random)
                rows.append((subjects, days.use(minor, of: subjects, from: day), minor))
                #expect(rows.last!.day >= day)
            }
            for offset in 0...31 {
                #expect(used("a", on: start.adding(days: offset)) <= 100)
                #expect(used("b", on: start.adding(days: offset)) <= 150)
            }
        }
    }
}
