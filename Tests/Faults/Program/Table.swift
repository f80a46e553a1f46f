import Foundation

/// What came of one fault.
struct Outcome: Sendable {
    var injected = 0
    /// Jobs whose effects were counted at the end.
    var checked = 0
    var lost = 0
    var doubled = 0
    /// Attempts whose writes were refused because their lease had gone to somebody else.
    var refused = 0
    /// From the death of a worker until a job that it held was taken from it; the slowest.
    var rescue: Duration?
    /// From the end of an outage until a second in which nearly as much was done as before it; the slowest.
    var back: Duration?
    /// What does not hold; empty when all is well.
    var problems: [String] = []
}

/// The outcomes under each other.
enum Table {
    private static let head = row(
        "fault", "injected", "checked", "lost", "doubled", "refused", "slowest rescue", "back to 95 %", "verdict")

    static func begin() { write(head) }

    static func print(_ fault: String, _ outcome: Outcome) {
        write(
            row(
                fault, "\(outcome.injected)", "\(outcome.checked)", "\(outcome.lost)", "\(outcome.doubled)",
                "\(outcome.refused)", outcome.rescue.map(\.text) ?? "", outcome.back.map(\.text) ?? "",
                outcome.problems.isEmpty ? "holds" : "BROKEN"))
        for problem in outcome.problems { Faults.say("  \(fault): \(problem)") }
    }

    static func print(_ fault: String, skipped reason: String) {
        write(row(fault, "", "", "", "", "", "", "", "skipped: \(reason)"))
    }

    static func print(_ fault: String, failed error: any Error) {
        write(row(fault, "", "", "", "", "", "", "", "FAILED: \(error)"))
    }

    private static func row(_ columns: String...) -> String {
        let widths = [16, 9, 8, 5, 8, 8, 15, 13]
        let padded = zip(columns, widths).map { column, width in
            column + String(repeating: " ", count: max(1, width - column.count))
        }
        return padded.joined() + columns[widths.count]
    }

    /// At once: a line is seen when it is known, also through a pipe.
    private static func write(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}

extension Duration {
    fileprivate var text: String { "\(seconds.formatted(.number.precision(.fractionLength(1)))) s" }
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
