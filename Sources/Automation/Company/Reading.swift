import Domain
import Yams

/// What the reading of files gathers beside the values: everything that is wrong, and the names to look up at the end.
final class Reading {
    private(set) var problems: [Problem] = []
    private(set) var references: [Reference] = []

    struct Reference {
        enum Kind: String { case calendar, webhook, member, team, creditor, procedure }

        let kind: Kind
        let code: String
        let entry: Entry
        /// Only teams of these kinds; empty is any.
        let teamKinds: [TeamKind]
    }

    func refuse(_ what: String, at place: String, advice: String) {
        problems.append(Problem(.inputRefused, "invalid_configuration", what, place: place, advice: advice))
    }

    func refer(to kind: Reference.Kind, _ entry: Entry, teamKinds: [TeamKind] = []) -> String? {
        guard let code = entry.text() else { return nil }
        references.append(Reference(kind: kind, code: code, entry: entry, teamKinds: teamKinds))
        return code
    }
}

/// A node of a YAML file that knows its place.
struct Entry {
    let node: Node
    let file: String
    /// The way to it, as people would say it: `teams.emea-sales.zone`; empty is the whole file.
    let path: String
    let reading: Reading

    var place: String { node.mark.map { "\(file):\($0.line):\($0.column)" } ?? file }

    /// Nothing stands there, or `null`.
    var isEmpty: Bool { node.scalar.map { $0.style == .plain && ["", "~", "null"].contains($0.string) } ?? false }

    var isMapping: Bool { node.mapping != nil }

    func refuse(_ what: String, advice: String) {
        reading.refuse(path.isEmpty ? what : "\(path): \(what)", at: place, advice: advice)
    }

    /// A text of one line: a name.
    func line() -> String? {
        guard let text = text() else { return nil }
        guard !text.contains(where: \.isNewline) else {
            refuse("a name is one line", advice: "write it without line breaks")
            return nil
        }
        return text
    }

    func text() -> String? {
        guard let scalar = node.scalar, !isEmpty, !scalar.string.allSatisfy(\.isWhitespace) else {
            refuse("a text belongs here", advice: "write one value, in quotes if it has special characters")
            return nil
        }
        // A line break belongs into an address at most, and no other of them anywhere.
        guard !scalar.string.unicodeScalars.contains(where: { $0.properties.generalCategory == .control && $0 != "\n" })
        else {
            refuse("a text has no control characters", advice: "write it without them")
            return nil
        }
        return scalar.string
    }

    /// One value, read by `read`; what it cannot read is refused with what it should have been.
    func value<Value>(_ wanted: String, _ read: (String) -> Value?) -> Value? {
        guard let text = text() else { return nil }
        guard let value = read(text) else {
            refuse("'\(text)' is not \(wanted)", advice: "write \(wanted)")
            return nil
        }
        return value
    }

    func integer(_ range: ClosedRange<Int>) -> Int? {
        value("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func flag() -> Bool? { value("true or false") { ["true": true, "false": false][$0] } }

    func name<Name: RawRepresentable<String> & CaseIterable>(of _: Name.Type = Name.self) -> Name? {
        let known = Name.allCases.map(\.rawValue)
        guard let text = text() else { return nil }
        guard let name = Name(rawValue: text) else {
            refuse("'\(text)' is unknown", advice: text.suggestion(from: known))
            return nil
        }
        return name
    }

    func money() -> Money? {
        value("an amount with its ISO 4217 currency, such as 1500.00 EUR") { text in
            let parts = text.split(separator: " ")
            guard parts.count == 2, let currency = Currency(String(parts[1])) else { return nil }
            // Why it is no amount is said by what belongs there.
            return try? Money(parts[0], currency: currency)
        }
    }

    /// One value, or a list of them.
    func list() -> [Entry] {
        if isEmpty { return [] }
        guard let sequence = node.sequence else { return [self] }
        return sequence.enumerated().map { Entry(node: $1, file: file, path: "\(path)[\($0 + 1)]", reading: reading) }
    }

    /// The keys of a mapping with what stands under them, in order.
    func pairs() -> [(key: Entry, value: Entry)] {
        if isEmpty { return [] }
        guard let mapping = node.mapping else {
            refuse("'key: value' lines belong here", advice: "indent them under their name")
            return []
        }
        return mapping.map { key, value in
            let name = (path.isEmpty ? "" : "\(path).") + (key.scalar?.string ?? "?")
            return (
                Entry(node: key, file: file, path: name, reading: reading),
                Entry(node: value, file: file, path: name, reading: reading)
            )
        }
    }

    /// A mapping whose keys are known; any other key is refused.
    func fields(_ known: String...) -> Fields {
        var found: [String: Entry] = [:]
        for (key, value) in pairs() {
            guard let name = key.text() else { continue }
            if known.contains(name) {
                found[name] = value
            } else {
                key.refuse("the key '\(name)' is unknown here", advice: name.suggestion(from: known))
            }
        }
        return Fields(owner: self, found: found)
    }
}

struct Fields {
    let owner: Entry
    fileprivate let found: [String: Entry]

    /// Nil when the key is missing or empty.
    subscript(key: String) -> Entry? { found[key].flatMap { $0.isEmpty ? nil : $0 } }

    func required(_ key: String) -> Entry? {
        guard let entry = self[key] else {
            owner.refuse("'\(key)' is missing", advice: "add '\(key): …'")
            return nil
        }
        return entry
    }
}

extension String {
    /// What to write instead of an unknown name: the nearest, when one is near, and all that are known.
    func suggestion(from known: some Collection<String>) -> String {
        let nearest = known.map { ($0, distance(to: $0)) }.min { $0.1 < $1.1 }
        let names = known.sorted().joined(separator: ", ")
        guard let nearest, nearest.1 <= max(2, count / 3) else {
            return known.isEmpty ? "nothing of the kind is described" : "known are: \(names)"
        }
        return "did you mean '\(nearest.0)'? known are: \(names)"
    }

    /// Letters to change, add or drop (Levenshtein).
    private func distance(to other: String) -> Int {
        var row = Array(0...other.count)
        for (i, left) in enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in other.enumerated() {
                (diagonal, row[j + 1]) = (
                    row[j + 1], Swift.min(diagonal + (left == right ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                )
            }
        }
        return row[other.count]
    }
}
