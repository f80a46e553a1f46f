import Foundation
import Hummingbird
import Logging
import Synchronization

/// A chat's server for as long as a test needs it.
final class WebhookSink: Sendable {
    struct Post: Hashable {
        let id: String
        let fence: Int
        let body: String
    }

    struct Answer {
        var status = 200
        var body = "ok"
        var retryAfter: String?
    }

    private struct State {
        var posts: [Post] = []
        var answers: [Answer]
    }

    private let state: Mutex<State>

    private init(_ answers: [Answer]) { state = Mutex(State(answers: answers)) }

    /// What it was sent, in order.
    var posts: [Post] { state.withLock { $0.posts } }

    /// - Parameters:
    ///   - answers: one after the other; then 200 ok.
    ///   - body: with the port on which it listens.
    static func with(_ answers: Answer..., body: (WebhookSink, Int) async throws -> Void) async throws {
        let sink = WebhookSink(answers)
        let router = Router()
        router.post("**") { request, _ in
            let body = try await request.body.collect(upTo: 1_000_000)
            func header(_ name: String) -> String {
                request.headers.first { $0.name.canonicalName == name }?.value ?? ""
            }
            let post = Post(
                id: header("idempotency-key"), fence: Int(header("ltc-fence")) ?? -1, body: String(buffer: body))
            let answer = sink.state.withLock { state in
                state.posts.append(post)
                return state.answers.isEmpty ? Answer() : state.answers.removeFirst()
            }
            var headers = HTTPFields()
            headers[.retryAfter] = answer.retryAfter
            return Response(
                status: .init(code: answer.status), headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
        }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "sink") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await port in ports {
                try await body(sink, port)
                break
            }
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // As it was asked to.
            }
        }
    }
}
