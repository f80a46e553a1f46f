/// The elements that are wanted of a document, as a tree of their names; all others are passed over.
struct WantedElements: Sendable {
    struct Node: Sendable {
        let name: [UInt8]
        var field: CamtField?
        var children: [Int] = []
    }

    /// The first stands above the document's root.
    private(set) var nodes = [Node(name: [])]

    /// - Parameter paths: names from the root down, with slashes between; a field may stand at several places.
    init(_ paths: [(path: String, field: CamtField)]) {
        for (path, field) in paths {
            var node = 0
            for name in path.split(separator: "/") { node = child(of: node, named: Array(name.utf8)) }
            nodes[node].field = field
        }
    }

    private mutating func child(of parent: Int, named name: [UInt8]) -> Int {
        if let known = nodes[parent].children.first(where: { nodes[$0].name == name }) { return known }
        nodes.append(Node(name: name))
        nodes[parent].children.append(nodes.count - 1)
        return nodes.count - 1
    }

    /// - Parameter name: ends with a NUL, as C has it.
    func child(of parent: Int, named name: UnsafePointer<UInt8>) -> Int? {
        for index in nodes[parent].children where Self.equals(nodes[index].name, name) { return index }
        return nil
    }

    private static func equals(_ wanted: [UInt8], _ name: UnsafePointer<UInt8>) -> Bool {
        for index in wanted.indices where name[index] != wanted[index] { return false }
        return name[wanted.count] == 0
    }
}
