import CLibCurl
package import Domain

/// Posts messages to chats, one after another.
///
/// libcurl blocks, so the actor runs on a queue of its own and never holds a thread of the cooperative pool.
package actor WebhookTransport {
    private let executor = QueueExecutor(label: "ltc.webhooks")
    private let connectTimeout: Duration
    /// For one post, from the connection to the end of the answer.
    private let timeout: Duration

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init(connectTimeout: Duration = .seconds(10), timeout: Duration = .seconds(30)) {
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }

    /// Hands `post` over; returns when the server has answered or a timeout has passed. A caller's cancellation does not
    /// interrupt it: an interrupted post would be an uncertain one.
    package func send(_ post: WebhookPost, to address: WebhookAddress, as format: WebhookFormat) -> DeliveryOutcome {
        do {
            return try transfer(post, Upload(try post.body(in: format)), to: address, as: format)
        } catch {
            return .unreachable(String(describing: error))
        }
    }

    private func transfer(
        _ post: WebhookPost, _ upload: Upload, to address: WebhookAddress, as format: WebhookFormat
    ) throws(CurlError) -> DeliveryOutcome {
        let handle = try CurlHandle()
        try handle.set(CURLOPT_URL, address.url.text)
        // Where a server redirects to, nobody has said that messages may go.
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        try handle.set(CURLOPT_NOSIGNAL, 1)
        // Neither a proxy nor credentials out of the environment.
        try handle.set(CURLOPT_PROXY, "")
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout.wholeMilliseconds)
        try handle.set(CURLOPT_TIMEOUT_MS, timeout.wholeMilliseconds)
        let page = Page()
        let headers = [
            "Content-Type: application/json; charset=utf-8", "Idempotency-Key: \(post.id)", "Ltc-Fence: \(post.fence)",
            "User-Agent: ltcd", "Expect:",
        ]
        let failure = try handle.post(upload, headers: headers, into: page)
        guard handle.status >= 200 else {
            let why = failure?.description ?? "the server said nothing"
            return upload.isWhollySent ? .uncertain(why) : .unreachable(why)
        }
        let words = address.redacted(String(decoding: page.bytes, as: UTF8.self))
        let outcome = format.outcome(
            status: handle.status, body: Array(words.utf8), retryAfter: handle.retryAfter)
        // It was cut off where a chat's verdict would stand.
        if let failure, case .refused = outcome, handle.status < 300 { return .uncertain(failure.description) }
        return outcome
    }
}
