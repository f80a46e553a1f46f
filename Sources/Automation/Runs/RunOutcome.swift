import Domain
package import Foundation
import Logging

/// What a request came to: a run for each team, and their reports in one.
package struct RunOutcome<Report: AutomationReport>: Sendable {
    package struct Run: Sendable {
        package let id: Int
        /// Nil when the run was the whole company's.
        package let team: String?
        package let asOf: Date
        package let counts: [String: Int]
        /// Nil unless the run was held.
        package let heldBecause: String?
    }

    package var runs: [Run] = []
    package var report = Report()

    mutating func add(_ other: RunOutcome) {
        runs += other.runs
        report.add(other.report)
    }
}

extension RunOutcome.Run {
    /// The facts of the one log line of a run.
    func metadata(of automation: AutomationName, isPreview: Bool) -> Logger.Metadata {
        var facts: Logger.Metadata = [
            "automation": "\(automation.rawValue)", "run": "\(id)", "as_of": "\(asOf.ISO8601Format())",
        ]
        if let team { facts["team"] = "\(team)" }
        if let heldBecause { facts["held"] = "\(heldBecause)" }
        if isPreview { facts["preview"] = "true" }
        for (name, count) in counts { facts[name] = "\(count)" }
        return facts
    }
}

extension Step.Progress {
    /// Why nothing is decided; nil when the run is not held.
    var reason: String? {
        if case .held(let reason) = self { reason } else { nil }
    }
}
