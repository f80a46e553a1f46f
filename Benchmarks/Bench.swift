import ArgumentParser

/// Measures ltc against a reference in the same run on the same machine: `deploy/dev bench [NAME…]`.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ltc-bench",
        abstract: "Measure, each as a ratio to a reference of the same run. Needs a server in the libpq environment.")

    static let all: [Measurement] = [.arrival, .assignment, .queueDrain, .queuePickup, .importLeads]

    @Argument(help: "Which to run; otherwise all.")
    var names: [String] = []

    func validate() throws {
        let known = Self.all.map(\.name)
        for name in names where !known.contains(name) {
            throw ValidationError("there is no measurement '\(name)'; there are \(known.joined(separator: ", "))")
        }
    }

    func run() async throws {
        for measurement in Self.all where names.isEmpty || names.contains(measurement.name) {
            print("\(measurement.name): \(measurement.what)")
            for figure in try await measurement.measure() { print("  \(figure)") }
        }
    }
}

/// One thing that is measured.
struct Measurement: Sendable {
    let name: String
    let what: String
    let measure: @Sendable () async throws -> [Figure]
}

/// A measured value beside the reference that gives it a meaning, and the ratio that is aimed at.
struct Figure: CustomStringConvertible, Sendable {
    let label: String
    let value: String
    /// Ours divided by the reference of the same run; nil for plain values.
    var ratio: Double?
    var goal: String?

    var description: String {
        var line = label.padding(to: 44) + value
        if let ratio { line += "  ratio \((ratio * 1000).rounded() / 1000)" }
        if let goal { line += "  (goal \(goal))" }
        return line
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
