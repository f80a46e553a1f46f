import CLibPQ
import Dispatch
import Glibc

/// Owns the `PGconn` of one connection and speaks with the server, never blocking beyond its limits.
///
/// A method that throws `.connectionLost`, or gives up on a server that does not answer to a cancel request, closes it.
struct Session: ~Copyable {
    var handle: OpaquePointer?
    /// How long a server may take to answer a cancel request before it counts as dead.
    static let cancelGrace = Duration.seconds(3)

    deinit { PQfinish(handle) }

    init() {}

    var isOpen: Bool { handle != nil }
    var transactionStatus: PGTransactionStatusType { PQtransactionStatus(handle) }

    mutating func close() {
        PQfinish(handle)
        handle = nil
    }

    // MARK: Asking

    /// Starts a request; `send` calls one of the `PQsend…` functions. Nothing is sent when a limit has been reached.
    mutating func send(_ limits: Limits, _ send: (OpaquePointer) -> CInt) throws {
        try limits.check()
        guard let handle else { throw DatabaseError(.connectionLost, "the connection is closed") }
        guard send(handle) == 1 else {
            let message = errorMessage
            if PQstatus(handle) == CONNECTION_BAD { throw lost(message) }
            throw DatabaseError(.usage, message)
        }
    }

    /// The server's answer to the last request: its last result, or the start of a COPY. The first error wins.
    ///
    /// When a limit ends the wait, the server is told to stop and has a few seconds to say so. An answer that was
    /// complete before the request arrived counts as an answer.
    mutating func answer(_ limits: Limits) throws -> QueryResult {
        var limits = limits
        var stop: DatabaseError?
        var cancelling: DispatchGroup?
        var last: OpaquePointer?
        defer { PQclear(last) }
        var failure: DatabaseError?
        while true {
            while PQisBusy(handle) == 1, PQstatus(handle) == CONNECTION_OK {
                do {
                    try pump(limits)
                } catch let error as DatabaseError where error.kind != .connectionLost {
                    if let stop { throw lost(stop, "and the server did not answer; the connection is closed") }
                    if limits.isProbe, error.kind == .timeout { throw lost("the server does not answer") }
                    stop = error
                    cancelling = requestCancel()
                    limits = .within(Self.cancelGrace)
                }
            }
            guard let next = PQgetResult(handle) else { break }
            switch PQresultStatus(next) {
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: return QueryResult(next)
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                failure = failure ?? DatabaseError(result: next)
                PQclear(next)
            default:
                PQclear(last)
                last = next
            }
        }
        // A cancel request on its way must not hit the next statement.
        if let stop, let cancelling, cancelling.wait(timeout: .now() + .seconds(3)) == .timedOut {
            throw lost(stop, "and the server did not take a cancel request; the connection is closed")
        }
        if PQstatus(handle) == CONNECTION_BAD {
            var error = failure ?? DatabaseError(.connectionLost, errorMessage)
            error.kind = .connectionLost
            close()
            throw error
        }
        if var failure {
            if let stop, failure.sqlState == "57014" { (failure.kind, failure.message) = (stop.kind, stop.message) }
            throw failure
        }
        guard let answer = last else { throw DatabaseError(.usage, "the server did not answer") }
        last = nil
        return QueryResult(answer)
    }

    /// Starts a request together with statements before it, which return nothing: one exchange for all. The first that fails
    /// keeps those after it from running.
    mutating func send(
        _ limits: Limits, after statements: [String], _ request: (OpaquePointer) -> CInt
    ) throws {
        do {
            try send(limits) { handle in
                guard PQenterPipelineMode(handle) == 1,
                    statements.allSatisfy({ PQsendQueryParams(handle, $0, 0, nil, nil, nil, nil, 0) == 1 }),
                    // Their answers don't wait for that of the request.
                    PQsendFlushRequest(handle) == 1, request(handle) == 1
                else { return 0 }
                return PQpipelineSync(handle)
            }
        } catch {
            // What of it is on its way nobody knows.
            if isOpen, PQpipelineStatus(handle) != PQ_PIPELINE_OFF { close() }
            throw error
        }
    }

    /// The answer to the request that went out after so many statements, whose answers have limits of their own.
    mutating func answer(_ limits: Limits, after statements: Int, _ first: Limits) throws -> QueryResult {
        var failure: (any Error)?
        for _ in 0..<statements {
            do { _ = try answer(first) } catch {
                failure = failure ?? error
                if !isOpen { throw error }
            }
        }
        var result: QueryResult?
        do { result = try answer(limits) } catch { failure = failure ?? error }
        if isOpen { try endPipeline() }
        if let failure { throw failure }
        guard let result = result.take() else { throw DatabaseError(.usage, "the server did not answer") }
        return result
    }

    private mutating func endPipeline() throws {
        while true {
            while PQisBusy(handle) == 1, PQstatus(handle) == CONNECTION_OK { try pump(.within(Self.cancelGrace)) }
            guard let mark = PQgetResult(handle) else { throw lost("the server left an exchange") }
            defer { PQclear(mark) }
            if PQresultStatus(mark) == PGRES_PIPELINE_SYNC { break }
        }
        guard PQexitPipelineMode(handle) == 1 else { throw lost(errorMessage) }
    }

    /// Waits until all that was handed to libpq is on its way.
    mutating func flush(_ limits: Limits) throws {
        // When the last of it has gone there is nothing to wait for: within a COPY the server waits for us.
        while try isPending() { try turn(POLLIN | POLLOUT, limits) }
    }

    /// One turn of the exchange: writes what is pending, waits, reads what came.
    mutating func pump(_ limits: Limits) throws {
        try turn(isPending() ? POLLIN | POLLOUT : POLLIN, limits)
    }

    /// Writes what can be written. Whether something is left.
    private mutating func isPending() throws -> Bool {
        let pending = PQflush(handle)
        guard pending >= 0 else { throw lost(errorMessage) }
        return pending == 1
    }

    /// Waits, and reads what came.
    private mutating func turn(_ events: Int32, _ limits: Limits) throws {
        switch wait(for: PQsocket(handle), events: events, limits) {
        case .ready: PQconsumeInput(handle)  // a failure shows in PQstatus, after what the server said last
        case .interrupted: throw DatabaseError(.cancelled, "cancelled")
        case .expired: throw DatabaseError(.timeout, "the deadline passed")
        }
    }

    /// Reads what has come so far, so that a server that has much to say goes on.
    mutating func takeIn() {
        guard PQconsumeInput(handle) == 1 else { return }  // shows when the answer is read
        _ = PQisBusy(handle)
    }

    /// Ends an exchange in the middle, whatever its state; afterwards the connection is ready, or closed.
    mutating func abandon() {
        guard isOpen else { return }
        let cancelling = requestCancel()
        let limits = Limits.within(Self.cancelGrace)
        var buffer: UnsafeMutablePointer<CChar>?
        do {
            while PQputCopyEnd(handle, "abandoned") == 0 { try flush(limits) }
            while true {
                switch PQgetCopyData(handle, &buffer, 1) {
                case 0: try pump(limits)
                case 1...: PQfreemem(buffer)
                default:
                    _ = try answer(limits)
                    return
                }
            }
        } catch {
            // The server's error for what was abandoned is expected; a server that is silent has been closed.
            if PQtransactionStatus(handle) == PQTRANS_ACTIVE { close() }
        }
        if cancelling.wait(timeout: .now() + .seconds(3)) == .timedOut { close() }
    }

    /// Asks the server to stop what it does, on a thread of its own: libpq's call waits for the server to hang up,
    /// and a peer that is alive but silent would hold it.
    private func requestCancel() -> DispatchGroup {
        let group = DispatchGroup()
        guard let cancel = PQgetCancel(handle) else { return group }
        let address = UInt(bitPattern: cancel)
        DispatchQueue.global().async(group: group) {
            var message = [CChar](repeating: 0, count: 256)
            let cancel = OpaquePointer(bitPattern: address)
            PQcancel(cancel, &message, Int32(message.count))
            PQfreeCancel(cancel)
        }
        return group
    }

    /// Whether the server has not hung up since the last exchange, as far as can be seen without asking it.
    mutating func isStillThere() -> Bool {
        guard let handle else { return false }
        var polled = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        // Its last words come before the end.
        while PQstatus(handle) == CONNECTION_OK, poll(&polled, 1, 0) > 0 { PQconsumeInput(handle) }
        return PQstatus(handle) == CONNECTION_OK
    }

    /// Whether libpq still believes in the connection.
    var isAlive: Bool { PQstatus(handle) == CONNECTION_OK }

    /// What has been notified so far and not been taken.
    mutating func notifications() -> [ListenerEvent] {
        var events: [ListenerEvent] = []
        while let next = PQnotifies(handle) {
            events.append(
                .notification(
                    channel: String(cString: next.pointee.relname), payload: String(cString: next.pointee.extra)))
            PQfreemem(next)
        }
        return events
    }

    var errorMessage: String { String(cString: PQerrorMessage(handle)).trimmed }

    private mutating func lost(_ message: String) -> DatabaseError {
        close()
        return DatabaseError(.connectionLost, message)
    }

    private mutating func lost(_ stop: DatabaseError, _ message: String) -> DatabaseError {
        close()
        return DatabaseError(stop.kind, "\(stop.message), \(message)")
    }
}
