/// A statement as it stands in `sql/queries/`, with the types that its header declares.
///
/// Declared types are sent with every execution; a test PREPAREs each statement without them and compares what the
/// server infers, so that the Swift that binds and decodes agrees with the database by name and by type.
package struct Statement: Sendable {
    /// `area.name`, unique in the program; the name of the prepared statement and what errors and logs show.
    package let name: String
    package let text: String
    package let parameters: [Column]
    package let columns: [Column]
    /// Statements to execute before this one can be prepared: they create the temporary tables that it reads.
    package let needs: [String]
    package let isCopy: Bool

    package init(
        name: String, text: String, parameters: [Column] = [], columns: [Column] = [], needs: [String] = [],
        isCopy: Bool = false
    ) {
        self.name = name
        self.text = text
        self.parameters = parameters
        self.columns = columns
        self.needs = needs
        self.isCopy = isCopy
    }
}

/// A parameter or a result column: its name and its declared type.
package struct Column: Sendable, Hashable {
    package let name: String
    package let type: SQLType

    package init(_ name: String, _ type: SQLType) {
        self.name = name
        self.type = type
    }
}

/// A statement together with the values of its parameters; its rows have a type of their own.
///
/// The conforming types are generated from `sql/queries/`.
package protocol Query: Sendable {
    associatedtype Row: Sendable
    static var statement: Statement { get }
    func bind(to parameters: inout Parameters)
    static func decode(_ row: borrowing ResultRow) throws -> Row
}

/// One row of a binary `COPY … FROM STDIN`.
package protocol CopyRow: Sendable {
    static var statement: Statement { get }
    func bind(to parameters: inout Parameters)
}
