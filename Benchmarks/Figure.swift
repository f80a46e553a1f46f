import Foundation

/// A measured value, what gives it a meaning, and what is aimed at.
struct Figure: Sendable {
    let label: String
    let value: String
    /// What the same run saw of something known.
    var reference: String?
    /// Ours divided by the reference.
    var ratio: Double?
    var goal: Goal?
}

struct Goal: Sendable {
    let text: String
    let isMet: Bool

    static func atLeast(_ least: Double, _ value: Double) -> Goal { Goal(text: ">= \(least)", isMet: value >= least) }

    /// Of the ratio.
    static func ratioAtMost(_ most: Double, _ value: Double) -> Goal { Goal(text: "<= \(most)", isMet: value <= most) }

    static func atMost(_ most: Int, _ unit: String, _ value: Double) -> Goal {
        Goal(text: "<= \(most) \(unit)", isMet: value <= Double(most))
    }
}

/// The figures of all measurements under each other.
enum Table {
    static let head = row("part", "figure", "measured", "reference of the same run", "ratio", "goal")

    static func line(_ part: String, _ figure: Figure) -> String {
        row(
            part, figure.label, figure.value, figure.reference ?? "", figure.ratio.map { $0.rounded(2) } ?? "",
            figure.goal.map { "\($0.text)  \($0.isMet ? "met" : "MISSED")" } ?? "")
    }

    private static func row(_ columns: String...) -> String {
        let widths = [16, 31, 16, 40, 7, 0]
        let line = zip(columns, widths).map { column, width in
            column + String(repeating: " ", count: width == 0 ? 0 : max(1, width - column.count))
        }.joined()
        return String(line.reversed().drop { $0 == " " }.reversed())
    }
}

extension Double {
    func rounded(_ places: Int) -> String { formatted(.number.precision(.fractionLength(places)).grouping(.never)) }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
    var milliseconds: Double { seconds * 1_000 }
}

extension [Duration] {
    /// - Parameter share: 0.99 for what one of a hundred exceeds.
    func percentile(_ share: Double) -> Duration { sorted()[Swift.min(count - 1, Int(Double(count) * share))] }
}
