import CLibPQ

extension Connection {
    /// Hands the rows to `body` in batches, in flat memory: a cursor inside the running transaction.
    ///
    /// `body` may use the connection in between.
    public func stream<Q: Query>(_ query: Q, batch: Int = 10_000, _ body: ([Q.Row]) throws -> Void) throws {
        let statement = Q.statement
        var parameters = Parameters()
        query.bind(to: &parameters)
        cursors += 1
        let cursor = "cursor_\(cursors)"
        try naming(statement.name) {
            _ = try answer(
                to: "DECLARE \(cursor) NO SCROLL CURSOR FOR \(statement.text)", types: statement.parameters, parameters)
        }
        while true {
            let rows = try naming(statement.name) {
                try answer(to: "FETCH \(batch) FROM \(cursor)", types: [], Parameters()).rows(of: Q.self)
            }
            if !rows.isEmpty { try body(rows) }
            if rows.count < batch { break }
        }
        try perform("CLOSE \(cursor)", limits)
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
