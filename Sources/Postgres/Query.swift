/// A statement as it stands in `sql/queries/`, with the types that its header declares.
///
/// Declared types are sent with every execution; a test PREPAREs each statement without them and compares what the
/// server infers, so that the Swift that binds and decodes agrees with the database by name and by type.
public struct Statement: Sendable {
    /// `area.name`, unique in the program; the name of the prepared statement and what errors and logs show.
    public let name: String
    public let text: String
    public let parameters: [Column]
    public let columns: [Column]
    /// Statements to execute before this one can be prepared: they create the temporary tables that it reads.
    public let needs: [String]
    public let isCopy: Bool

    public init(
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
public struct Column: Sendable, Hashable {
    public let name: String
    public let type: SQLType

    public init(_ name: String, _ type: SQLType) {
        self.name = name
        self.type = type
    }
}

/// A statement together with the values of its parameters; its rows have a type of their own.
///
/// The conforming types are generated from `sql/queries/`.
public protocol Query: Sendable {
    associatedtype Row: Sendable
    static var statement: Statement { get }
    func bind(to parameters: inout Parameters)
    static func decode(_ row: borrowing ResultRow) throws -> Row
}

/// One row of a binary `COPY … FROM STDIN`.
public protocol CopyRow: Sendable {
    static var statement: Statement { get }
    func bind(to parameters: inout Parameters)
}
