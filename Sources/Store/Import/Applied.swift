package import Domain

/// What became of the staged rows of a file.
package struct Applied: Sendable {
    /// New here.
    package var taken = 0
    /// Here before, with other values.
    package var changed = 0
    package var rejects: [RejectedLine] = []

    package init() {}
}

extension RejectedLine {
    /// A key that stands on an earlier line of the file.
    static func repeated(_ line: Int, _ column: String, _ value: String, firstLine: Int) -> RejectedLine {
        RejectedLine(
            line: line,
            Reject(.duplicateExternalID, column: column, value: value, "line \(firstLine) has the same \(column)"))
    }
}
