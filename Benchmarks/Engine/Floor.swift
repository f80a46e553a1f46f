import CLibPQ
import Foundation
import Postgres
import TestSupport

/// The least time from enqueuing to a claim that this machine allows: one INSERT with its NOTIFY, one listener that blocks,
/// one durable claim; two threads on libpq and nothing else.
enum Floor {
    private static let claim = """
        WITH head AS (SELECT id FROM floor WHERE state = 0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        UPDATE floor AS job SET state = 1 FROM head WHERE job.id = head.id RETURNING job.called_at
        """
    private static let insert = """
        WITH added AS (INSERT INTO floor (called_at) VALUES ($1) RETURNING called_at)
        SELECT pg_notify('floor', called_at::text) FROM added
        """

    /// - Returns: nanoseconds, a job each, in the order of their starts.
    static func latencies(_ database: TestDatabase, rate: Double, seconds: Double) async throws -> [Int] {
        let name = database.name
        try await database.pool.transaction { db in
            try db.script(
                """
                DROP TABLE IF EXISTS floor;
                CREATE TABLE floor (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state smallint NOT NULL DEFAULT 0, called_at bigint);
                CREATE INDEX floor_ready ON floor (id) WHERE state = 0;
                """)
        }
        let (listens, listening) = AsyncStream<Void>.makeStream()
        async let heard = offPool { listen(name) { listening.finish() } }
        for await _ in listens {}
        await offPool { produce(name, rate: rate, seconds: seconds) }
        return await heard
    }

    private static func listen(_ database: String, isReady: () -> Void) -> [Int] {
        let ear = Line(database)
        let hand = Line(database)
        hand.prepare(claim)
        ear.run("LISTEN floor")
        isReady()
        var latencies: [Int] = []
        while true {
            var socket = pollfd(fd: PQsocket(ear.handle), events: Int16(POLLIN), revents: 0)
            poll(&socket, 1, -1)
            PQconsumeInput(ear.handle)
            while let notice = PQnotifies(ear.handle) {
                let calledAt = Int(String(cString: notice.pointee.extra)) ?? 0
                PQfreemem(notice)
                if calledAt < 0 { return latencies }
                hand.execute(nil)
                if calledAt > 0 { latencies.append(Tally.now() - calledAt) }
            }
        }
    }

    private static func produce(_ database: String, rate: Double, seconds: Double) {
        let line = Line(database)
        line.prepare(insert)
        for _ in 0..<20 {
            line.execute("0")
            usleep(20_000)
        }
        var arrivals = Peer.Arrivals(rate: rate, seconds: seconds)
        while let wait = arrivals.next() {
            usleep(useconds_t(max(0, wait.seconds) * 1e6))
            line.execute("\(Tally.now())")
        }
        line.run("SELECT pg_notify('floor', '-1')")
    }
}

/// A connection that blocks and whose errors end the program: it measures, or there is nothing to measure.
private struct Line: ~Copyable {
    let handle: OpaquePointer?

    init(_ database: String) {
        handle = PQconnectdb("dbname=\(database)")
        precondition(PQstatus(handle) == CONNECTION_OK, String(cString: PQerrorMessage(handle)))
    }

    deinit { PQfinish(handle) }

    func run(_ sql: String) { expect(PQexec(handle, sql)) }

    func prepare(_ sql: String) { expect(PQprepare(handle, "statement", sql, 0, nil)) }

    func execute(_ value: String?) {
        guard let value else { return expect(PQexecPrepared(handle, "statement", 0, nil, nil, nil, 0)) }
        value.withCString { text in
            var values: [UnsafePointer<CChar>?] = [text]
            expect(PQexecPrepared(handle, "statement", 1, &values, nil, nil, 0))
        }
    }

    private func expect(_ result: OpaquePointer?) {
        let status = PQresultStatus(result)
        precondition(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, String(cString: PQerrorMessage(handle)))
        PQclear(result)
    }
}
