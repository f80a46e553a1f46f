/// Where mail is handed over, and as whom.
package struct SMTPSettings: Sendable {
    /// Whether the connection is encrypted. Only the last two can be trusted with a password.
    package enum Security: String, Sendable, CaseIterable {
        /// Never.
        case none
        /// STARTTLS if the server offers it, its certificate unchecked: better than nothing against a passive listener.
        case opportunistic
        /// STARTTLS or nothing, the certificate checked.
        case required
        /// TLS from the first byte (port 465, RFC 8314), the certificate checked.
        case implicit
    }

    package struct Login: Sendable {
        let user: String
        let password: Secret

        package init(user: String, password: Secret) {
            self.user = user
            self.password = password
        }
    }

    package var host: String
    package var port: Int
    package var security: Security
    package var login: Login?
    /// The certificate authorities that are trusted, a PEM file; nil for the system's.
    package var authorities: String?
    /// What the daemon calls itself in EHLO.
    package var clientName: String
    package var connectTimeout: Duration
    /// For one mail, from the connection to the last reply.
    package var timeout: Duration
    /// Of a mail as it is sent, attachments in base64: a larger one fails, rather than that a server loses it on the way.
    package var maximumBytes: Int

    /// - Throws: `SMTPSettingsError` for a host with signs that no host has, and for a password that would travel in
    ///   the clear to another machine.
    package init(
        host: String, port: Int = 587, security: Security = .required, login: Login? = nil,
        authorities: String? = nil, clientName: String = "localhost", connectTimeout: Duration = .seconds(10),
        timeout: Duration = .seconds(120), maximumBytes: Int = 25_000_000
    ) throws(SMTPSettingsError) {
        for name in [host, clientName]
        where name.isEmpty || !name.utf8.allSatisfy({ isAlphanumeric($0) || ".-:[]".utf8.contains($0) }) {
            throw .noHostName(HeaderText.printable(name))
        }
        guard (1...65_535).contains(port) else { throw .noPort(port) }
        let isLocal = ["localhost", "127.0.0.1", "[::1]"].contains(host)
        if login != nil, security == .none || security == .opportunistic, !isLocal {
            throw .passwordInTheClear(security)
        }
        self.host = host
        self.port = port
        self.security = security
        self.login = login
        self.authorities = authorities
        self.clientName = clientName
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.maximumBytes = maximumBytes
    }
}

package enum SMTPSettingsError: Error, Equatable, CustomStringConvertible {
    case noHostName(String)
    case noPort(Int)
    case passwordInTheClear(SMTPSettings.Security)

    package var description: String {
        switch self {
        case .noHostName(let name): "'\(name)' is no host name"
        case .noPort(let port): "\(port) is no port: it is between 1 and 65535"
        case .passwordInTheClear(let security):
            "with tls '\(security.rawValue)' the password could be read on the way: use 'required' or 'implicit'"
        }
    }
}
