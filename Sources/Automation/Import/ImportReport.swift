package import Domain

/// What an import did.
package struct ImportReport: Sendable {
    /// A file with more is not what it is taken for, and its rejects would fill the memory.
    static let maximumRejects = 100_000

    /// What became of one kind of thing that the file holds.
    package struct Output: Sendable, Encodable, Hashable {
        package var kind: ImportKind
        /// Rows of the file that are meant.
        package var rows = 0
        package var taken = 0
        package var changed = 0
        /// Here before, and the same; rows that only repeat another are among them.
        package var unchanged = 0
        package var rejected = 0
        /// Not in a complete list any more; nil where the file is none.
        package var closed: Int?
    }

    package var file: String
    package var outputs: [Output] = []
    package var unknownColumns: [String] = []
    /// Columns that the map names, and the file has not.
    package var absentColumns: [String] = []
    /// By line; one for each row, the first that was found.
    package var rejects: [RejectedLine] = []

    /// What became of a bank's statement.
    package struct Statement: Sendable, Encodable, Hashable {
        package enum State: String, Sendable, Encodable {
            case taken
            case alreadyImported = "already_imported"
            case refused
        }

        package var line: Int
        package var id: String
        package var account: String
        package var opening, closing: Money?
        /// Booked, of which so many are new here, and so many of these are receipts.
        package var entries: Int
        package var fresh = 0
        package var receipts = 0
        package var state: State
    }

    /// A bank's file of statements, not a table.
    package var isBankFile = false
    package var statements: [Statement] = []
    /// Entries that are not booked, by their status: they move no money and are left.
    package var left: [String: Int] = [:]
    /// Of new receipts, how many wait for a person, by what they wait for.
    package var waiting: [String: Int] = [:]

    init(file: String) {
        self.file = file
    }

    mutating func add(_ output: Output, _ rejects: [RejectedLine]) {
        outputs.append(output)
        let known = Set(self.rejects.map(\.line))
        self.rejects += rejects.filter { !known.contains($0.line) }
        self.rejects.sort { $0.line < $1.line }
    }

    static func tooManyRejects(file: String) -> Problem {
        Problem(
            .inputRefused, "too_many_rejects", "more than \(maximumRejects) rows are wrong: nothing is taken",
            place: file,
            advice:
                "look at the first with --dry-run on the head of the file; often a column or the encoding is another")
    }
}
