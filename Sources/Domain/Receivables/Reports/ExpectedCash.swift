/// What of the open items of one currency is expected to come in, week by week from a day; its parts are what is owed.
package struct ExpectedCash: Sendable, Hashable {
    package struct Week: Sendable, Hashable {
        /// A Monday; of the first week the day that is asked about.
        package let from: CalendarDate
        /// A Sunday.
        package let until: CalendarDate
        package var dueMinor = 0
        package var promisedMinor = 0
        package var draftsMinor = 0

        package var expectedMinor: Int { dueMinor + promisedMinor + draftsMinor }
    }

    package let currency: Currency
    package private(set) var weeks: [Week] = []
    /// Expected after the last of the weeks.
    package private(set) var laterMinor = 0
    package private(set) var overdueMinor = 0
    package private(set) var disputedMinor = 0
    package private(set) var heldMinor = 0

    private let day: CalendarDate

    package init(currency: Currency, from day: CalendarDate, weeks count: Int) {
        self.currency = currency
        self.day = day
        var from = day
        for _ in 0..<count {
            let until = from.adding(days: 7 - from.weekday)
            weeks.append(Week(from: from, until: until))
            from = until.adding(days: 1)
        }
    }

    package var owedMinor: Int {
        weeks.reduce(laterMinor + overdueMinor + disputedMinor + heldMinor) { $0 + $1.expectedMinor }
    }

    /// An item, or several of one due date about which nobody said anything.
    ///
    /// First goes what is disputed; of an item that is held, all the rest. Then what drafts will pay on the days on which they
    /// mature, then what is promised, on its day, the nearest first. What remains is expected on the due date; when that is over,
    /// it is overdue. A promise within its tolerance, but past its day, is expected today, and so is a draft that has matured.
    package mutating func add(openMinor: Int, dueOn: CalendarDate, obstacles: [DunningObstacle] = []) {
        var left = openMinor
        func take(_ minor: Int) -> Int {
            let taken = min(max(0, left), minor)
            left -= taken
            return taken
        }
        var isHeld = false
        var drafts: [(on: CalendarDate, minor: Int)] = []
        var promises = drafts
        for obstacle in obstacles {
            switch obstacle {
            case .hold(let hold): isHeld = isHeld || hold.holds(on: day)
            case .dispute(let minor, let until): disputedMinor += day <= until ? take(minor) : 0
            case .draft(let minor, let until): drafts.append((max(until, day), minor))
            case .promise(let promise):
                if case .open(let minor) = promise.state(on: day) { promises.append((max(promise.on, day), minor)) }
            }
        }
        guard !isHeld else {
            heldMinor += left
            return
        }
        for draft in drafts.sorted(by: { $0.on < $1.on }) { expect(take(draft.minor), on: draft.on, as: \.draftsMinor) }
        for promise in promises.sorted(by: { $0.on < $1.on }) {
            expect(take(promise.minor), on: promise.on, as: \.promisedMinor)
        }
        if dueOn >= day { expect(left, on: dueOn, as: \.dueMinor) } else { overdueMinor += left }
    }

    private mutating func expect(_ minor: Int, on day: CalendarDate, as part: WritableKeyPath<Week, Int>) {
        if let week = weeks.firstIndex(where: { day <= $0.until }) {
            weeks[week][keyPath: part] += minor
        } else {
            laterMinor += minor
        }
    }
}
