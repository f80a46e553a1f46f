package import Domain
import Yams

/// One difference between two versions of the configuration.
package struct ConfigurationChange: Sendable, Hashable, Encodable {
    package enum Kind: String, Sendable, Encodable { case added, changed, removed }

    package let kind: Kind
    /// The way to it in the file's words: `teams.emea-sales.seats.anna-weber.weight`.
    package let path: String
    package let before: String?
    package let after: String?

    /// What makes the second company out of the first, in the order of the file; nil is no company yet.
    package static func between(_ old: Company?, _ new: Company) -> [ConfigurationChange] {
        changes(old.map { CompanyText($0).root } ?? Node([] as [(Node, Node)]), CompanyText(new).root, at: "")
    }

    /// What is added under these is told one by one.
    private static let sections: Set<String> = [
        "calendars", "webhooks", "members", "teams", "creditors", "assignment", "assignment.rules", "follow_ups",
        "dunning",
        "dunning.procedures", "schedules",
    ]

    private static func changes(_ old: Node, _ new: Node, at path: String) -> [ConfigurationChange] {
        guard old != new else { return [] }
        guard let before = old.children(at: path), let after = new.children(at: path) else {
            return [ConfigurationChange(kind: .changed, path: path, before: old.summary, after: new.summary)]
        }
        let (beforeByKey, afterByKey) = (
            Dictionary(before) { first, _ in first }, Dictionary(after) { first, _ in first }
        )
        var found = before.filter { afterByKey[$0.0] == nil }.map {
            ConfigurationChange(kind: .removed, path: $0.0, before: $0.1.summary, after: nil)
        }
        for (key, node) in after {
            if let old = beforeByKey[key] {
                found += changes(old, node, at: key)
            } else if sections.contains(key) {
                found += changes(node.emptied, node, at: key)
            } else {
                found.append(ConfigurationChange(kind: .added, path: key, before: nil, after: node.summary))
            }
        }
        let kept = (before.map(\.0).filter { afterByKey[$0] != nil }, after.map(\.0).filter { beforeByKey[$0] != nil })
        if old.sequence != nil, kept.0 != kept.1 {
            found.append(
                ConfigurationChange(
                    kind: .changed, path: "\(path) (order)", before: kept.0.names(under: path),
                    after: kept.1.names(under: path)))
        }
        return found
    }
}

extension ConfigurationChange: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .added: "+ \(path)\(after.map { ": \($0)" } ?? "")"
        case .removed: "- \(path)\(before.map { ": \($0)" } ?? "")"
        case .changed: "~ \(path): \(before ?? "nothing") → \(after ?? "nothing")"
        }
    }
}

extension Node {
    /// What can be compared one by one: the values of a mapping, or a list of mappings, by their names or places.
    fileprivate func children(at path: String) -> [(String, Node)]? {
        let prefix = path.isEmpty ? "" : "\(path)."
        if let mapping { return mapping.map { ("\(prefix)\($0.key.scalar?.string ?? "?")", $0.value) } }
        guard let sequence, sequence.allSatisfy({ $0.mapping != nil }) else { return nil }
        return sequence.enumerated().map { index, node in
            (node["name"]?.scalar.map { "\(prefix)\($0.string)" } ?? "\(path)[\(index + 1)]", node)
        }
    }

    /// The same kind of node, with nothing in it.
    fileprivate var emptied: Node { mapping != nil ? Node([] as [(Node, Node)]) : Node([] as [Node]) }

    /// The node on one line: a value, a name, or how much there is.
    fileprivate var summary: String? {
        if let scalar { return scalar.string }
        if let name = mapping?["name"]?.scalar { return name.string }
        if let sequence, sequence.allSatisfy({ $0.scalar != nil }) {
            return "[\(sequence.compactMap(\.scalar?.string).joined(separator: ", "))]"
        }
        return mapping.map { pairs in
            pairs.map { "\($0.scalar?.string ?? "?") \($1.mapping.map { String($0.count) } ?? $1.summary ?? "…")" }
                .joined(separator: ", ")
        }
    }
}

extension [String] {
    fileprivate func names(under path: String) -> String {
        map { $0.dropFirst(path.count + 1) }.joined(separator: ", ")
    }
}
