import CLibPQ

/// Owns one `PGresult`.
struct QueryResult: ~Copyable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }
    deinit { PQclear(handle) }

    var status: ExecStatusType { PQresultStatus(handle) }
    var rowCount: Int { Int(PQntuples(handle)) }
    /// The rows that an INSERT, UPDATE, DELETE, MERGE, SELECT or COPY counted; 0 for what counts nothing.
    var affectedRows: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// A column of the first row in text format; nil when it is NULL.
    func integer(at column: Int32) -> Int? {
        PQgetisnull(handle, 0, column) == 0 ? Int(String(cString: PQgetvalue(handle, 0, column))) : nil
    }

    /// Decodes every row.
    func rows<Q: Query>(of _: Q.Type) throws -> [Q.Row] {
        try check(Q.statement.columns)
        return try rows(of: Q.self, in: 0..<PQntuples(handle))
    }

    /// Decodes every row, a few hundred at a time.
    func pieces<Q: Query>(of _: Q.Type, _ body: ([Q.Row]) throws -> Void) throws {
        try check(Q.statement.columns)
        let (count, size) = (PQntuples(handle), 250 as Int32)
        for start in stride(from: 0, to: count, by: Int(size)) {
            try body(rows(of: Q.self, in: start..<min(start + size, count)))
        }
    }

    private func rows<Q: Query>(of _: Q.Type, in range: Range<Int32>) throws -> [Q.Row] {
        var rows: [Q.Row] = []
        rows.reserveCapacity(range.count)
        var row = ResultRow(result: handle, index: 0)
        for index in range {
            row.index = index
            rows.append(try Q.decode(row))
        }
        return rows
    }

    /// Of the answer to a Describe: the types of the parameters, names and types of the columns.
    func description() -> (parameters: [UInt32], columns: [(name: String, type: UInt32)]) {
        let handle = handle
        return (
            (0..<PQnparams(handle)).map { PQparamtype(handle, $0) },
            (0..<PQnfields(handle)).map { column in
                (String(cString: PQfname(handle, column)), PQftype(handle, column))
            }
        )
    }

    /// Refuses an answer whose columns are not those that the statement declares: wrong bytes must not be decoded.
    private func check(_ columns: [Column]) throws {
        guard !columns.isEmpty else { return }
        guard PQnfields(handle) == columns.count else {
            throw DatabaseError(.decoding, "\(columns.count) columns are declared, \(PQnfields(handle)) came")
        }
        for (index, column) in columns.enumerated() {
            let oid = PQftype(handle, Int32(index))
            guard column.type.reads(oid) else {
                let type = SQLType(oid: oid).map { "\($0)" } ?? "type \(oid)"
                throw DatabaseError(.decoding, "column \(column.name) is declared \(column.type) and came as \(type)")
            }
        }
    }
}

/// One row of a result, for as long as its decoding lasts.
public struct ResultRow: ~Copyable {
    fileprivate let result: OpaquePointer
    fileprivate var index: Int32

    /// - Throws: `.decoding` for a NULL, which the statement's header does not allow here.
    public func value<T: PostgresValue>(at column: Int, as type: SQLType) throws -> T {
        guard let bytes = bytes(at: column) else { throw failure("is NULL and is not declared with a '?'", column) }
        return try decode(bytes, column, type)
    }

    public func optional<T: PostgresValue>(at column: Int, as type: SQLType) throws -> T? {
        guard let bytes = bytes(at: column) else { return nil }
        return try decode(bytes, column, type)
    }

    /// Where libpq holds the value; `nil` for NULL.
    private func bytes(at column: Int) -> UnsafeRawBufferPointer? {
        let field = Int32(truncatingIfNeeded: column)
        let length = PQgetlength(result, index, field)
        if length == 0, PQgetisnull(result, index, field) != 0 { return nil }
        return UnsafeRawBufferPointer(start: PQgetvalue(result, index, field), count: Int(length))
    }

    private func decode<T: PostgresValue>(
        _ bytes: UnsafeRawBufferPointer, _ column: Int, _ type: SQLType
    ) throws -> T {
        do {
            return try T.decode(bytes, as: type)
        } catch let error as DatabaseError {
            throw failure(error.message, column)
        }
    }

    private func failure(_ message: String, _ column: Int) -> DatabaseError {
        let name = PQfname(result, Int32(column)).map { String(cString: $0) } ?? "\(column + 1)"
        var error = DatabaseError(.decoding, "column \(name): \(message)")
        error.column = name
        return error
    }
}
