import Postgres
import TestSupport
import Testing

@Suite struct ListenerTests {
    @Test(.timeLimit(.minutes(10)))
    func `a listener hears what is notified, and says when it has begun to listen`() async throws {
        let channel = unique("Channel")
        let speaker = try await Connection.open(settings, logger: quiet)
        var heard: [ListenerEvent] = []
        for await event in events(of: Listener(settings, channels: [channel], logger: quiet)) {
            heard.append(event)
            if heard.count == 4 { break }
            if heard.count == 1 {
                try await speaker.transaction { connection in
                    for payload in ["a", "", "ü"] { try connection.execute(Notify(channel: channel, payload: payload)) }
                }
            }
        }
        let payloads = ["a", "", "ü"].map { ListenerEvent.notification(channel: channel, payload: $0) }
        #expect(heard == [.reconnected] + payloads)
    }

    @Test(.timeLimit(.minutes(10)))
    func `a listener whose backend is terminated connects again and says so`() async throws {
        let channel = unique("channel")
        let name = unique("listener")
        let speaker = try await Connection.open(settings, logger: quiet)
        var heard: [ListenerEvent] = []
        let listening = ConnectionSettings("application_name=\(name)")
        for await event in events(of: Listener(listening, channels: [channel], logger: quiet)) {
            heard.append(event)
            switch heard.count {
            case 1: try await speaker.transaction { try $0.execute(TerminateNamed(name: name)) }
            case 2: try await speaker.transaction { try $0.execute(Notify(channel: channel, payload: "again")) }
            default: break
            }
            if heard.count == 3 { break }
        }
        #expect(heard == [.reconnected, .reconnected, .notification(channel: channel, payload: "again")])
    }

    @Test(.timeLimit(.minutes(10)))
    func `a listener leaves a peer that has fallen silent`() async throws {
        let proxy = try Proxy()
        let settings = ConnectionSettings("host=127.0.0.1 port=\(proxy.port)", connectTimeout: .milliseconds(500))
        let listener = Listener(settings, channels: ["x"], probeInterval: .milliseconds(100), logger: quiet)
        var count = 0
        for await event in events(of: listener) {
            #expect(event == .reconnected)
            count += 1
            if count == 2 { break }
            proxy.stall()
            proxy.welcome()
        }
        #expect(count == 2)
    }

    @Test(.timeLimit(.minutes(10)))
    func `a listener whose task is cancelled ends`() async throws {
        let (begun, continuation) = AsyncStream<Void>.makeStream()
        let task = Task {
            await Listener(settings, channels: ["x"], logger: quiet).hear { _ in continuation.yield() }
        }
        var iterator = begun.makeAsyncIterator()
        await iterator.next()
        task.cancel()
        await task.value
    }
}

/// Whoever stops iterating has it stop listening.
private func events(of listener: Listener) -> AsyncStream<ListenerEvent> {
    let (events, continuation) = AsyncStream<ListenerEvent>.makeStream()
    let task = Task {
        await listener.hear { continuation.yield($0) }
        continuation.finish()
    }
    continuation.onTermination = { _ in task.cancel() }
    return events
}

private struct TerminateNamed: Query {
    static let statement = Statement(
        name: "test.terminate_named",
        text: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
        parameters: [Column("name", .text)])
    var name: String
    func bind(to parameters: inout Parameters) { parameters.append(name, as: .text) }
    static func decode(_ row: borrowing ResultRow) {}
}
