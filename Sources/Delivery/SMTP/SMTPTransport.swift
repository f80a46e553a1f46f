import CLibCurl

/// Sends mail through one server, one mail after another over a connection that is kept for half a minute.
///
/// libcurl blocks, so the actor runs on a queue of its own and never holds a thread of the cooperative pool.
package actor SMTPTransport {
    private let settings: SMTPSettings
    private let executor = QueueExecutor(label: "ltc.smtp")
    private var handle: CurlHandle?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init(_ settings: SMTPSettings) {
        self.settings = settings
    }

    /// Hands `mail` over; returns when the server has answered or a timeout has passed. A caller's cancellation does not
    /// interrupt it: an interrupted mail would be an uncertain one.
    package func send(_ mail: Mail) -> DeliveryOutcome {
        let bytes = mail.rendered
        guard bytes.count <= settings.maximumBytes else {
            return .tooLarge(size: bytes.count, limit: settings.maximumBytes)
        }
        do {
            return try transfer(Upload(bytes), from: mail.from, to: mail.to)
        } catch {
            return .unreachable(String(describing: error))
        }
    }

    private func transfer(_ upload: Upload, from: MailAddress, to: [MailAddress]) throws(CurlError) -> DeliveryOutcome {
        let handle: CurlHandle
        if let kept = self.handle { handle = kept } else { handle = try CurlHandle() }
        self.handle = handle
        handle.reset()
        let scheme = settings.security == .implicit ? "smtps" : "smtp"
        try handle.set(CURLOPT_URL, "\(scheme)://\(settings.host):\(settings.port)/\(settings.clientName)")
        try handle.set(CURLOPT_MAIL_FROM, "<\(from.mailbox)>")
        try handle.set(CURLOPT_NOSIGNAL, 1)
        // Neither a proxy nor credentials out of the environment.
        try handle.set(CURLOPT_PROXY, "")
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.wholeMilliseconds)
        try handle.set(CURLOPT_TIMEOUT_MS, settings.timeout.wholeMilliseconds)
        // Of one reply; without it a hung server would hold the QUIT after a timeout for two more minutes.
        try handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(settings.timeout.components.seconds))
        try handle.set(CURLOPT_MAXAGE_CONN, 30)
        try secure(handle)
        if let login = settings.login {
            try handle.set(CURLOPT_USERNAME, login.user)
            try handle.set(CURLOPT_PASSWORD, login.password.text)
        }
        let failure = try handle.upload(upload, recipients: to.map { "<\($0.mailbox)>" })
        return Self.outcome(of: upload, failure: failure, onNewConnection: handle.madeConnection)
    }

    private func secure(_ handle: CurlHandle) throws(CurlError) {
        switch settings.security {
        case .none:
            return
        case .opportunistic:
            try handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_TRY.rawValue))
            try handle.set(CURLOPT_SSL_VERIFYPEER, 0)
            try handle.set(CURLOPT_SSL_VERIFYHOST, 0)
        case .required, .implicit:
            try handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
            if let authorities = settings.authorities { try handle.set(CURLOPT_CAINFO, authorities) }
        }
    }

    /// What the server's last word and the end of the transfer mean together.
    private static func outcome(of upload: Upload, failure: CurlError?, onNewConnection: Bool) -> DeliveryOutcome {
        guard let reply = upload.replies.last else {
            return .unreachable(failure?.description ?? "the server said nothing")
        }
        guard let failure else { return .accepted(reply) }
        if reply.code >= 400 {
            // A greeting or a login that says no closes the door to every mail; it says nothing about this one.
            let isAboutSession = reply.concernsSession || onNewConnection && upload.replies[0].code >= 400
            return reply.code < 500 || isAboutSession ? .refusedForNow(reply) : .refused(reply)
        }
        guard upload.isWhollySent else { return .unreachable(failure.description) }
        return reply.code == 250 ? .accepted(reply) : .uncertain(failure.description)
    }
}
