import CLibPQ

extension Connection {
    /// Hands the rows to `body` in batches, in flat memory: a cursor inside the running transaction.
    ///
    /// `body` may use the connection in between.
    public func stream<Q: Query>(_ query: Q, batch: Int = 10_000, _ body: ([Q.Row]) throws -> Void) throws {
        let cursor = try declare(query)
        while true {
            try ask(for: batch, of: cursor, &session)
            let rows = try answer(of: Q.self)
            if !rows.isEmpty { try body(rows) }
            if rows.count < batch { break }
        }
        try perform("CLOSE \(cursor)", limits)
    }

    /// The same for what is stored batch by batch, with two processes of the server at work: a connection of its own reads
    /// ahead, while this one stores what came of the batch before.
    ///
    /// It reads what is committed, and nothing of what this transaction has written.
    /// - Parameters:
    ///   - read: gets the rows of a batch, some at a time, and must not use the connection.
    ///   - write: what of the rows that were read is to be stored; nil is nothing. Must not use the connection either.
    ///   - stored: may, and gets what came of each that was stored, in order.
    public func streamCommitted<Q: Query, W: Query>(
        _ query: Q, batch: Int = 5_000, read: ([Q.Row]) throws -> Void, write: () throws -> W?,
        stored: ([W.Row]) throws -> Void
    ) throws {
        try sendUnsent()
        var reader = try reader(of: query)
        try ask(for: batch, of: Self.aheadCursor, &reader)
        var next: QueryResult? = try naming(Q.statement.name) { try reader.answer(limits) }
        var isStoring = false
        do {
            while let rows = next.take() {
                let isLast = rows.rowCount < batch
                if !isLast { try ask(for: batch, of: Self.aheadCursor, &reader) }
                try naming(Q.statement.name) {
                    try rows.pieces(of: Q.self) {
                        try read($0)
                        reader.takeIn()
                    }
                }
                let made = try write().map { query in
                    var parameters = Parameters()
                    query.bind(to: &parameters)
                    return parameters
                }
                if isStoring {
                    isStoring = false
                    try stored(answer(of: W.self))
                }
                if let made {
                    try send(W.statement, made)
                    isStoring = true
                }
                if !isLast { next = try naming(Q.statement.name) { try reader.answer(limits) } }
            }
        } catch {
            // What is on its way is read, so that the connection serves on.
            if isStoring { _ = try answer(of: W.self) }
            throw error
        }
        if isStoring { try stored(answer(of: W.self)) }
    }

    private static let aheadCursor = "ahead"

    /// A connection to the same server, as the same role, on which a cursor stands before the first row.
    private func reader<Q: Query>(of query: Q) throws -> Session {
        var reader = Session()
        _ = try reader.connect(settings.keywords, timeout: settings.connectTimeout, limits, notices: notices)
        var parameters = Parameters()
        query.bind(to: &parameters)
        // It may have to wait for somebody who waits for this transaction, which no server sees as a deadlock.
        let options = TransactionOptions(readOnly: true, lockTimeout: settings.lockTimeout ?? .seconds(10), role: role)
        let opening = options.opening(settings).joined(separator: "; ")
        try reader.send(limits) { PQsendQuery($0, opening) }
        _ = try reader.answer(limits)
        try naming(Q.statement.name) {
            let types = Q.statement.parameters.map(\.type.oid)
            try parameters.withArrays { values, lengths, formats in
                try reader.send(limits) {
                    PQsendQueryParams(
                        $0, "DECLARE \(Self.aheadCursor) NO SCROLL CURSOR FOR \(Q.statement.text)", Int32(values.count),
                        types, values, lengths, formats, 1)
                }
            }
            _ = try reader.answer(limits)
        }
        return reader
    }

    /// Has the server begin.
    private func send(_ statement: Statement, _ parameters: Parameters) throws {
        let isPrepared = settings.preparesStatements
        if isPrepared { try prepare(statement) }
        try parameters.withArrays { values, lengths, formats in
            let (count, types) = (Int32(values.count), statement.parameters.map(\.type.oid))
            try session.send(limits) {
                isPrepared
                    ? PQsendQueryPrepared($0, statement.name, count, values, lengths, formats, 1)
                    : PQsendQueryParams($0, statement.text, count, types, values, lengths, formats, 1)
            }
        }
        try session.flush(limits)
    }

    private func answer<W: Query>(of _: W.Type) throws -> [W.Row] {
        try naming(W.statement.name) { try session.answer(limits).rows(of: W.self) }
    }

    /// - Returns: the name of a cursor.
    private func declare<Q: Query>(_ query: Q) throws -> String {
        let statement = Q.statement
        var parameters = Parameters()
        query.bind(to: &parameters)
        cursors += 1
        let cursor = "cursor_\(cursors)"
        try naming(statement.name) {
            _ = try answer(
                to: "DECLARE \(cursor) NO SCROLL CURSOR FOR \(statement.text)", types: statement.parameters, parameters)
        }
        return cursor
    }

    private func ask(for count: Int, of cursor: String, _ session: inout Session) throws {
        try session.send(limits) { PQsendQueryParams($0, "FETCH \(count) FROM \(cursor)", 0, nil, nil, nil, nil, 1) }
        try session.flush(limits)
    }

    /// Streams rows into a table by binary COPY, in flat memory.
    /// - Returns: how many rows went in.
    @discardableResult
    public func copy<R: CopyRow>(_ rows: some Sequence<R>) throws -> Int {
        try naming(R.statement.name) {
            try sendUnsent()
            try session.send(limits) { PQsendQuery($0, R.statement.text) }
            guard try session.answer(limits).status == PGRES_COPY_IN else {
                throw DatabaseError(.usage, "not a COPY … FROM STDIN")
            }
            do {
                try send(rows)
            } catch {
                session.abandon()
                throw error
            }
            return try session.answer(limits).affectedRows
        }
    }

    private func send<R: CopyRow>(_ rows: some Sequence<R>) throws {
        let limits = limits
        var buffer = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
        var fields = Parameters()
        for row in rows {
            fields.removeAll()
            row.bind(to: &fields)
            if let failure = fields.failure { throw failure }
            Int16(fields.count).append(to: &buffer)
            buffer.append(contentsOf: fields.bytes)
            if buffer.count >= 1 << 16 {
                try session.put(buffer, limits)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        Int16(-1).append(to: &buffer)
        try session.put(buffer, limits)
        try session.endPut()
    }

    /// Runs `COPY … TO STDOUT` and hands over what comes, chunk by chunk.
    public func copyOut(_ sql: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try sendUnsent()
        try session.send(limits) { PQsendQuery($0, sql) }
        let limits = limits
        guard try session.answer(limits).status == PGRES_COPY_OUT else {
            throw DatabaseError(.usage, "not a COPY … TO STDOUT")
        }
        do {
            while try session.get(limits, body) {}
        } catch {
            session.abandon()
            throw error
        }
        _ = try session.answer(limits)
    }
}
