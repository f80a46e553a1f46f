/// One of the five fields: the values that it lets through, and what only the day fields can say.
struct CronField: Sendable, Hashable {
    enum Kind: String, Sendable {
        case minute, hour, month
        case dayOfMonth = "day of month"
        case dayOfWeek = "day of week"

        var range: ClosedRange<Int> {
            switch self {
            case .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            // 7 is Sunday too.
            case .dayOfWeek: 0...7
            }
        }

        var names: [String] {
            switch self {
            case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
            case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
            default: []
            }
        }
    }

    /// Bit n: the value n.
    private(set) var values: UInt64 = 0
    /// Days of month counted from its end: 0 is the last.
    private(set) var fromEnd: Set<Int> = []
    /// `FRI#2`: weekday and which of the month.
    private(set) var ordinals: Set<[Int]> = []
    /// `5L`: the last such weekday of the month.
    private(set) var lastWeekdays: Set<Int> = []
    /// Begins with `*`: it does not restrict the day.
    let isOpen: Bool

    init(_ text: Substring, _ kind: Kind) throws(CronError) {
        isOpen = text.hasPrefix("*")
        for item in text.split(separator: ",", omittingEmptySubsequences: false) { try add(item, kind) }
        if kind == .dayOfWeek, contains(7) { values = values & ~(1 << 7) | 1 }
    }

    func contains(_ value: Int) -> Bool { values & (1 << UInt64(value)) != 0 }

    private mutating func add(_ item: Substring, _ kind: Kind) throws(CronError) {
        let upper = item.uppercased()[...]
        if kind == .dayOfMonth, upper.hasPrefix("L") {
            guard upper.count > 1 else {
                fromEnd = fromEnd.union([0])
                return
            }
            guard upper.hasPrefix("L-"), let days = Int(upper.dropFirst(2)), (1...30).contains(days) else {
                throw CronError.field(kind.rawValue, String(item), "L, or L-1 to L-30 for days before the last")
            }
            fromEnd.insert(days)
            return
        }
        if kind == .dayOfWeek, let hash = upper.firstIndex(of: "#") {
            let which = Int(upper[upper.index(after: hash)...]) ?? 0
            guard (1...5).contains(which) else {
                throw CronError.field(kind.rawValue, String(item), "a weekday # 1 to 5, such as MON#2")
            }
            ordinals.insert([try value(upper[..<hash], item, kind) % 7, which])
            return
        }
        if kind == .dayOfWeek, upper.hasSuffix("L"), upper.count > 1 {
            lastWeekdays.insert(try value(upper.dropLast(), item, kind) % 7)
            return
        }
        try addRange(upper, item, kind)
    }

    /// `*`, `5`, `1-5`, each with `/step`; `5/10` goes on to the end.
    private mutating func addRange(_ upper: Substring, _ item: Substring, _ kind: Kind) throws(CronError) {
        let parts = upper.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var step = 1
        if parts.count == 2 {
            guard let given = Int(parts[1]), given > 0, given <= kind.range.upperBound else {
                throw CronError.field(kind.rawValue, String(item), "a step from 1 to \(kind.range.upperBound)")
            }
            step = given
        }
        let top = kind == .dayOfWeek ? 6 : kind.range.upperBound
        let range: ClosedRange<Int>
        if parts[0] == "*" {
            range = kind.range.lowerBound...top
        } else if let dash = parts[0].firstIndex(of: "-") {
            let first = try value(parts[0][..<dash], item, kind)
            let last = try value(parts[0][parts[0].index(after: dash)...], item, kind)
            guard first <= last else {
                throw CronError.field(
                    kind.rawValue, String(item), "a range from low to high; write two for one that wraps")
            }
            range = first...last
        } else {
            let first = try value(parts[0], item, kind)
            range = first...(parts.count == 2 ? max(first, top) : first)
        }
        for value in stride(from: range.lowerBound, through: range.upperBound, by: step) {
            values |= 1 << UInt64(value)
        }
    }

    private func value(_ text: Substring, _ item: Substring, _ kind: Kind) throws(CronError) -> Int {
        if let name = kind.names.firstIndex(of: String(text)) { return name + (kind == .month ? 1 : 0) }
        guard let number = Int(text), kind.range.contains(number), text.allSatisfy(\.isNumber) else {
            let names = kind.names.isEmpty ? "" : " or \(kind.names[0]) to \(kind.names[kind.names.count - 1])"
            throw CronError.field(
                kind.rawValue, String(item), "\(kind.range.lowerBound) to \(kind.range.upperBound)\(names)")
        }
        return number
    }
}
