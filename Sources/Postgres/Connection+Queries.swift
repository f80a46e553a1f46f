import CLibPQ

extension Connection {
    public func run<Q: Query>(_ query: Q) throws -> [Q.Row] {
        try naming(Q.statement.name) { try answer(to: query).rows(of: Q.self) }
    }

    /// - Throws: `.decoding` when there is more than one row.
    public func first<Q: Query>(_ query: Q) throws -> Q.Row? {
        let rows = try run(query)
        guard rows.count <= 1 else { throw miscount(Q.statement, "at most one row", rows.count) }
        return rows.first
    }

    /// - Throws: `.decoding` when there is not exactly one row.
    public func one<Q: Query>(_ query: Q) throws -> Q.Row {
        let rows = try run(query)
        guard rows.count == 1 else { throw miscount(Q.statement, "one row", rows.count) }
        return rows[0]
    }

    /// - Returns: how many rows the statement touched.
    @discardableResult
    public func execute<Q: Query>(_ query: Q) throws -> Int {
        try naming(Q.statement.name) { try answer(to: query).affectedRows }
    }

    /// Runs SQL text of one or more statements and drops what it returns: migrations, settings, savepoints.
    public func script(_ sql: String) throws {
        try sendUnsent()
        try perform(sql, limits)
    }

    private func miscount(_ statement: Statement, _ expected: String, _ count: Int) -> DatabaseError {
        var error = DatabaseError(.decoding, "expected \(expected), got \(count)")
        error.statement = statement.name
        return error
    }

    private func answer<Q: Query>(to query: Q) throws -> QueryResult {
        var parameters = Parameters()
        query.bind(to: &parameters)
        return try answer(to: Q.statement, parameters)
    }

    func answer(to statement: Statement, _ parameters: Parameters) throws -> QueryResult {
        // A prepared name is cut at 63 bytes.
        guard settings.preparesStatements, statement.name.utf8.count <= 63 else {
            return try answer(to: statement.text, types: statement.parameters, parameters)
        }
        if !unsent.isEmpty, prepared[statement.name] == statement.text {
            let (statements, first) = takeUnsent()
            do {
                try parameters.withArrays { values, lengths, formats in
                    try session.send(limits, after: statements) {
                        PQsendQueryPrepared($0, statement.name, Int32(values.count), values, lengths, formats, 1)
                    }
                }
                return try session.answer(limits, after: statements.count, first)
            } catch let error as DatabaseError where first.isProbe && error.kind == .connectionLost {
                try openAnew(statements, because: error)
            }
        }
        try prepare(statement)
        try parameters.withArrays { values, lengths, formats in
            try session.send(limits) {
                PQsendQueryPrepared($0, statement.name, Int32(values.count), values, lengths, formats, 1)
            }
        }
        return try session.answer(limits)
    }

    /// Without a name on the server.
    func answer(to text: String, types: [Column], _ parameters: Parameters) throws -> QueryResult {
        try sendUnsent()
        try parameters.withArrays { values, lengths, formats in
            try session.send(limits) {
                PQsendQueryParams($0, text, Int32(values.count), types.map(\.type.oid), values, lengths, formats, 1)
            }
        }
        return try session.answer(limits)
    }

    func prepare(_ statement: Statement) throws {
        try sendUnsent()
        if let text = prepared[statement.name] {
            if text == statement.text { return }
            try perform("DEALLOCATE \"\(statement.name)\"", limits)
            prepared[statement.name] = nil
        }
        let types = statement.parameters.map(\.type.oid)
        try session.send(limits) { PQsendPrepare($0, statement.name, statement.text, Int32(types.count), types) }
        _ = try session.answer(limits)
        prepared[statement.name] = statement.text
    }

    /// What the server infers of a statement when it is told no types; `nil` for a type that this module cannot read.
    public func describe(
        _ statement: Statement
    ) throws -> (parameters: [SQLType?], columns: [(name: String, type: SQLType?)]) {
        try naming(statement.name) {
            try sendUnsent()
            try session.send(limits) { PQsendPrepare($0, "", statement.text, 0, nil) }
            _ = try session.answer(limits)
            try session.send(limits) { PQsendDescribePrepared($0, "") }
            let types = try session.answer(limits).description()
            return (
                try types.parameters.map { try readable($0) },
                try types.columns.map { (name: $0.name, type: try readable($0.type)) }
            )
        }
    }

    /// The type that reads the server's type. Users' enums are read as text, domains as what they are made of.
    private func readable(_ oid: UInt32) throws -> SQLType? {
        guard oid >= 16384 else { return SQLType(oid: oid) }
        return try first(UserType(oid: Int(oid))).flatMap { SQLType(oid: UInt32($0)) }
    }
}

private struct UserType: Query {
    static let statement = Statement(
        name: "postgres.user_type",
        text: """
            SELECT CASE typtype WHEN 'e' THEN 25 WHEN 'd' THEN typbasetype::bigint ELSE 0 END
            FROM pg_type WHERE oid = $1
            """,
        parameters: [Column("oid", .bigint)], columns: [Column("base", .bigint)])
    let oid: Int
    func bind(to parameters: inout Parameters) { parameters.append(oid, as: .bigint) }
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}
