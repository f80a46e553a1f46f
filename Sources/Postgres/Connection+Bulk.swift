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

    /// The same in two steps, of which the first works while the server gets the next batch ready.
    ///
    /// - Parameters:
    ///   - decide: must not use the connection.
    ///   - apply: may, and gets what `decide` made of the batch, in order.
    public func stream<Q: Query, Decision>(
        _ query: Q, batch: Int = 10_000, decide: ([Q.Row]) throws -> Decision, apply: (Decision) throws -> Void
    ) throws {
        let cursor = try declare(query)
        try ask(for: batch, of: cursor)
        var next: [Q.Row]? = try rows(of: query)
        while let batchRows = next {
            let isLast = batchRows.count < batch
            if !isLast { try ask(for: batch, of: cursor) }
            let decision: Decision
            do {
                decision = try decide(batchRows)
            } catch {
                // What is on its way is read, so that the connection serves on.
                if !isLast { _ = try rows(of: query) }
                throw error
            }
            next = isLast ? nil : try rows(of: query)
            try apply(decision)
        }
        try perform("CLOSE \(cursor)", limits)
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
        try session.send(limits) { PQsendQueryParams($0, "FETCH \(count) FROM \(cursor)", 0, nil, nil, nil, nil, 1) }
        try session.flush(limits)
    }

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
