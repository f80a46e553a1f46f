import ArgumentParser
import Domain

/// How much of a list.
struct LimitOptions: ParsableArguments {
    @Option(help: "At most so many.")
    var limit = 50

    func validate() throws {
        if limit < 1 || limit > 1_000_000 { throw ValidationError("--limit is from 1 to 1000000") }
    }

    func tell(_ shown: Int) { tellLimit(limit, shown) }
}

/// Names and values under each other; what has no value is left out.
func facts(_ pairs: [(name: String, value: String?)]) -> String {
    let width = (pairs.map(\.name.columns).max() ?? 0) + 2
    return pairs.map { name, value in
        guard let value, !value.isEmpty else { return "" }
        return name + String(repeating: " ", count: width - name.columns) + value + "\n"
    }.joined()
}
