import CLibPQ

extension Connection {
    /// Hands the rows to `body` in batches, in flat memory: a cursor inside the running transaction.
    ///
    /// `body` may use the connection in between.
    public func stream<Q: Query>(_ query: Q, batch: Int = 10_000, _ body: ([Q.Row]) throws -> Void) throws {
        let cursor = try declare(query)
        while true {
            try ask(for: batch, of: cursor)
            let rows = try rows(of: query)
            if !rows.isEmpty { try body(rows) }
            if rows.count < batch { break }
        }
        try perform("CLOSE \(cursor)", limits)
    }

    /// The same for what is stored batch by batch: while the program works on one batch, the server stores what came of the
    /// one before and looks for the one after.
    ///
    /// - Parameters:
    ///   - read: gets the rows of a batch, some at a time, and must not use the connection.
    ///   - write: what of the rows that were read is to be stored; nil is nothing. Must not use the connection either.
    ///   - stored: may, and gets what came of each that was stored, in order.
    public func stream<Q: Query, W: Query>(
        _ query: Q, batch: Int = 5_000, read: ([Q.Row]) throws -> Void, write: () throws -> W?,
        stored: ([W.Row]) throws -> Void
    ) throws {
        let cursor = try declare(query)
        if settings.preparesStatements { try prepare(W.statement) }
        try ask(for: batch, of: cursor)
        var next: QueryResult? = try naming(Q.statement.name) { try session.answer(limits) }
        var written: Parameters?
        while let rows = next.take() {
            let isLast = rows.rowCount < batch
            try start(written, W.statement, with: isLast ? nil : fetch(batch, cursor))
            let parameters: Parameters?
            do {
                try naming(Q.statement.name) {
                    try rows.pieces(of: Q.self) {
                        try read($0)
                        session.takeIn()
                    }
                }
                parameters = try write().map { query in
                    var parameters = Parameters()
                    query.bind(to: &parameters)
                    return parameters
                }
            } catch {
                // What is on its way is read, so that the connection serves on.
                _ = try end(W.self, isWriting: written != nil, isLast: isLast, &next)
                throw error
            }
            if let answer = try end(W.self, isWriting: written != nil, isLast: isLast, &next) { try stored(answer) }
            written = parameters
        }
        if let written {
            try stored(naming(W.statement.name) { try answer(to: W.statement, written).rows(of: W.self) })
        }
        try perform("CLOSE \(cursor)", limits)
    }

    /// Sends in one exchange what is to be stored, if anything, and what is to be asked after it.
    private func start(_ written: Parameters?, _ statement: Statement, with fetch: String?) throws {
        guard written != nil || fetch != nil else { return }
        let isPrepared = settings.preparesStatements
        try (written ?? Parameters()).withArrays { values, lengths, formats in
            try session.send(limits, after: []) { handle in
                if written != nil {
                    let count = Int32(values.count)
                    let types = statement.parameters.map(\.type.oid)
                    let sent =
                        isPrepared
                        ? PQsendQueryPrepared(handle, statement.name, count, values, lengths, formats, 1)
                        : PQsendQueryParams(handle, statement.text, count, types, values, lengths, formats, 1)
                    guard sent == 1 else { return 0 }
                }
                return fetch.map { PQsendQueryParams(handle, $0, 0, nil, nil, nil, nil, 1) } ?? 1
            }
        }
        try session.flush(limits)
    }

    /// - Returns: what came of what was stored, if anything was.
    private func end<W: Query>(
        _: W.Type, isWriting: Bool, isLast: Bool, _ next: inout QueryResult?
    ) throws -> [W.Row]? {
        guard isWriting || !isLast else { return nil }
        var stored: [W.Row]?
        var failure: (any Error)?
        do {
            if isWriting { stored = try naming(W.statement.name) { try session.answer(limits).rows(of: W.self) } }
        } catch {
            failure = error
        }
        do {
            if !isLast, session.isOpen { next = try session.answer(limits) }
        } catch {
            failure = failure ?? error
        }
        if session.isOpen { try session.endPipeline() }
        if let failure { throw failure }
        return stored
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

    private func ask(for count: Int, of cursor: String) throws {
        try session.send(limits) { PQsendQueryParams($0, fetch(count, cursor), 0, nil, nil, nil, nil, 1) }
        try session.flush(limits)
    }

    private func fetch(_ count: Int, _ cursor: String) -> String { "FETCH \(count) FROM \(cursor)" }

    private func rows<Q: Query>(of _: Q) throws -> [Q.Row] {
        try naming(Q.statement.name) { try session.answer(limits).rows(of: Q.self) }
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
