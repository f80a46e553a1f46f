import Logging
import Postgres
import TestSupport
import Testing

@Suite struct FaultTests {
    @Test func `a backend that is terminated under a transaction costs that transaction only`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let killer = try await Connection.open(settings, logger: quiet)
        let pid = try await connection.transaction { try $0.one(BackendID()) }
        async let victim = failure { try await connection.transaction { try $0.execute(Sleep(seconds: 60)) } }
        try await untilItSleeps(pid)
        #expect(try await killer.transaction { try $0.one(Terminate(pid: pid)) })
        #expect(await victim == .connectionLost)
        #expect(try await connection.transaction { try $0.one(BackendID()) } != pid)
    }

    @Test func `a COMMIT whose answer is lost is of unknown outcome`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let kind = await failure {
            try await connection.transaction { connection in
                try connection.script(
                    """
                    CREATE TEMP TABLE last_words (n int);
                    CREATE FUNCTION pg_temp.die() RETURNS trigger LANGUAGE plpgsql AS
                        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); END';
                    CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON last_words DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION pg_temp.die();
                    INSERT INTO last_words VALUES (1)
                    """)
            }
        }
        #expect(kind == .unknownOutcome)
    }

    @Test func `nobody there is unreachable, in libpq's words`() async throws {
        let error = await #expect(throws: DatabaseError.self) {
            try await Connection.open(ConnectionSettings("host=127.0.0.1 port=1"), logger: quiet)
        }
        #expect(error?.kind == .unreachable)
        #expect(error?.message.contains("port 1") == true)
    }

    @Test func `a host that takes the call and stays silent is unreachable in time`() async throws {
        let silent = try Proxy()
        silent.stall()
        let settings = ConnectionSettings("host=127.0.0.1 port=\(silent.port)", connectTimeout: .milliseconds(200))
        #expect(await failure { _ = try await Connection.open(settings, logger: quiet) } == .unreachable)
    }

    @Test func `a silent host is left for the next one`() async throws {
        let (silent, lively) = (try Proxy(), try Proxy())
        silent.stall()
        let settings = ConnectionSettings(
            "host=127.0.0.1,127.0.0.1 port=\(silent.port),\(lively.port)", connectTimeout: .seconds(1))
        let connection = try await Connection.open(settings, logger: quiet)
        #expect(try await connection.transaction { try $0.one(Count(last: 1)) } == 1)
    }

    @Test func `a peer that falls silent under a statement ends it at its deadline`() async throws {
        let proxy = try Proxy()
        let settings = ConnectionSettings("host=127.0.0.1 port=\(proxy.port)")
        let connection = try await Connection.open(settings, logger: quiet)
        let kind = await failure {
            try await connection.transaction(TransactionOptions(deadline: .milliseconds(500))) { connection in
                proxy.stall()
                try connection.execute(Sleep(seconds: 0))
            }
        }
        #expect(kind == .timeout)
    }

    @Test func `an idle connection whose peer fell silent is replaced before the next transaction`() async throws {
        let proxy = try Proxy()
        let settings = ConnectionSettings("host=127.0.0.1 port=\(proxy.port)", connectTimeout: .seconds(1))
        let connection = try await Connection.open(settings, logger: quiet)
        let pid = try await connection.transaction { try $0.one(BackendID()) }
        proxy.stall()
        proxy.welcome()
        #expect(try await connection.transaction { try $0.one(BackendID()) } != pid)
    }

    @Test func `a client that is cut off in a transaction holds its locks for its idle timeout and no longer`()
        async throws
    {
        let proxy = try Proxy()
        let cutOff = try await Connection.open(
            ConnectionSettings("host=127.0.0.1 port=\(proxy.port)", idleTimeout: .milliseconds(300)), logger: quiet)
        let kind = await failure {
            try await cutOff.transaction(TransactionOptions(deadline: .milliseconds(500))) { connection in
                try connection.script("SELECT pg_advisory_xact_lock(7303015)")
                proxy.stall()
                try connection.execute(Sleep(seconds: 0))
            }
        }
        #expect(kind == .timeout)
        let other = try await Connection.open(settings, logger: quiet)
        try await other.transaction(TransactionOptions(lockTimeout: .seconds(20))) { connection in
            try connection.script("SELECT pg_advisory_xact_lock(7303015)")
        }
    }
}
