/// Several problems at once, so that a file is mended in one go; never empty.
package struct Problems: Error, Sendable {
    package let all: [Problem]

    package init(_ all: [Problem]) {
        precondition(!all.isEmpty, "no problem at all")
        self.all = all
    }
}

extension Problems: CustomStringConvertible {
    package var description: String { all.map(\.description).joined(separator: "\n") }
}
