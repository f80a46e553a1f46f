import Hummingbird
import Logging
import ServiceLifecycle

/// Health and metrics for whoever watches, on the loopback interface only.
struct HTTPService: Service {
    let port: Int
    let readiness: Readiness
    let exposition: Exposition
    let logger: Logger

    func run() async throws {
        let router = Router()
        router.get("healthz") { _, _ in Self.text("alive\n") }
        router.get("readyz") { _, _ in
            guard let problem = await readiness.problem() else { return Self.text("ready\n") }
            return Self.text(problem + "\n", status: .serviceUnavailable)
        }
        router.get("metrics") { _, _ in
            Self.text(exposition.text, type: "text/plain; version=0.0.4; charset=utf-8")
        }
        // Hummingbird's own lines are about its inside; what it throws is told by us.
        var quiet = logger
        quiet.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                logger.info("http listens", metadata: ["address": "127.0.0.1:\(channel.localAddress?.port ?? port)"])
            }, logger: quiet)
        try await application.run()
    }

    private static func text(
        _ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
