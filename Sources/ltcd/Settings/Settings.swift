import Automation
import Configuration
import Delivery
import Domain
import Foundation
import Jobs
import Logging
import Postgres

/// What the daemon is told from outside: a YAML file, and the environment, which wins.
struct Settings: Sendable {
    enum LogFormat: String, CaseIterable {
        case json, human
    }

    var database: ConnectionSettings
    /// For LISTEN, which needs a server, not a pooler; nil where there is none and work is found by polling.
    var listening: ConnectionSettings?
    var poolLimit: Int
    var outbound: Outbound
    /// The sender of every mail; nil only while `outbound` holds.
    var sender: MailAddress?
    /// Where members answer; nil when they cannot.
    var replies: ReplyAddress?
    /// Nil only while `outbound` holds.
    var smtp: SMTPSettings?
    /// At most so many mails, of all daemons together; nil leaves what `ltc queue limit` has set.
    var smtpRate: JobControls.Rate?
    /// Where the chats are that members are told in, by the names of the company's file.
    var webhooks: [String: WebhookAddress]
    /// At most so many posts to chats, of all daemons together; nil leaves what `ltc queue limit` has set.
    var webhooksRate: JobControls.Rate?
    /// Attachments of a mail to a member, in bytes; what is larger is named in it.
    var attachmentsMaximumBytes: Int
    /// Above the folders into which files and mails are put that the daemon takes; nil when it looks nowhere.
    var inbox: String?
    /// How the bank's CSV files in it are written.
    var bankMap: ImportMap
    var bankEncoding: FileEncoding
    /// The folder into which the packages of dunning runs are put; nil when they are not.
    var outputs: String?
    /// On the loopback interface only; 0 takes a free one and logs it.
    var httpPort: Int
    var logLevel: Logger.Level
    var logFormat: LogFormat
    /// How many leased jobs run at a time.
    var concurrency: Int
    /// How long a stop waits for the jobs in hand.
    var drainDeadline: Duration

    /// Every key there is; the environment's name for `smtp.host` is `LTC_SMTP_HOST`.
    static let keys = [
        "database.conninfo", "database.listen_conninfo", "database.pool", "database.prepared_statements",
        "outbound", "inbox", "bank.map", "bank.encoding", "outputs", "mail.from", "mail.name",
        "mail.reply_to", "mail.reply_secret_file", "mail.attachments_maximum_bytes",
        "smtp.host", "smtp.port", "smtp.hello", "smtp.tls", "smtp.user", "smtp.password_file", "smtp.ca_file",
        "smtp.timeout_seconds",
        "smtp.maximum_bytes", "smtp.rate", "webhooks.urls_file", "webhooks.rate",
        "http.port", "log.level", "log.format", "engine.concurrency", "engine.drain_seconds",
    ]

    /// - Parameters:
    ///   - file: a YAML file; nil for the environment alone.
    ///   - environment: as a process has it; also where systemd says its credentials lie.
    /// - Throws: a `Problem` that names the place of everything that is wrong.
    static func load(file: String?, environment: [String: String]) async throws -> Settings {
        var source = try await SettingsSource(file: file, environment: environment)
        let settings = Settings(from: &source)
        try source.finish()
        return settings
    }

    private init(from source: inout SettingsSource) {
        let conninfo = source.text("database.conninfo") ?? ""
        let prepares = source.choice("database.prepared_statements", ["true": true, "false": false]) ?? true
        // Far more than any statement of ours takes: what is longer waits for a wire that is dead.
        database = ConnectionSettings(
            conninfo, applicationName: "ltcd", preparesStatements: prepares, statementTimeout: .seconds(120),
            idleTimeout: .seconds(30))
        // Behind a pooler LISTEN succeeds and hears nothing.
        let direct = source.text("database.listen_conninfo") ?? (prepares ? conninfo : "none")
        listening = direct == "none" ? nil : ConnectionSettings(direct, applicationName: "ltcd listener")
        poolLimit = source.integer("database.pool", in: 4...200) ?? 8

        outbound = source.value("outbound", expecting: "hold, on, or redirect ADDRESS") { Outbound($0) } ?? .hold
        let name = source.text("mail.name")
        sender = source.parsed("mail.from") { try MailAddress($0, name: name) }
        replies = Self.replies(from: &source)
        smtp = Self.smtp(from: &source)
        smtpRate = source.value("smtp.rate", expecting: "10/s, 100/m or 500/h") { JobControls.Rate($0) }
        webhooks = Self.webhooks(from: &source)
        webhooksRate = source.value("webhooks.rate", expecting: "10/s, 100/m or 500/h") { JobControls.Rate($0) }
        if outbound != .hold {
            if source.text("mail.from") == nil {
                source.complain("mail.from", "is needed as soon as outbound is not 'hold'")
            }
            if source.text("smtp.host") == nil {
                source.complain("smtp.host", "is needed as soon as outbound is not 'hold'")
            }
        }

        attachmentsMaximumBytes =
            source.integer("mail.attachments_maximum_bytes", in: 0...1_000_000_000) ?? MailCarrier.attachesUpTo
        inbox = source.text("inbox")
        bankMap = source.parsed("bank.map") { try MapFile.read($0) } ?? ImportMap()
        let encodings = FileEncoding.allCases.map { ($0.rawValue, $0) }
        bankEncoding = source.choice("bank.encoding", Dictionary(uniqueKeysWithValues: encodings)) ?? .utf8
        outputs = source.text("outputs")
        httpPort = source.integer("http.port", in: 0...65_535) ?? 8417
        let levels = Logger.Level.allCases.map { ($0.rawValue, $0) }
        logLevel = source.choice("log.level", Dictionary(uniqueKeysWithValues: levels)) ?? .info
        let formats = LogFormat.allCases.map { ($0.rawValue, $0) }
        logFormat = source.choice("log.format", Dictionary(uniqueKeysWithValues: formats)) ?? .human
        concurrency = source.integer("engine.concurrency", in: 1...100) ?? 4
        drainDeadline = .seconds(source.integer("engine.drain_seconds", in: 1...600) ?? 30)
    }

    private static func replies(from source: inout SettingsSource) -> ReplyAddress? {
        guard let address = source.parsed("mail.reply_to", { try MailAddress($0) }) else { return nil }
        guard let secret = source.secret("mail.reply_secret_file", credential: "ltc.reply-secret") else {
            source.complain(
                "mail.reply_secret_file", "is needed with mail.reply_to, or the credential ltc.reply-secret")
            return nil
        }
        do throws(Problem) {
            return try ReplyAddress(address, secret: secret)
        } catch {
            source.complain(error.code == "short_secret" ? "mail.reply_secret_file" : "mail.reply_to", error.what)
            return nil
        }
    }

    /// A name and a URL a line. No complaint shows a line: it may hold a URL.
    private static func webhooks(from source: inout SettingsSource) -> [String: WebhookAddress] {
        let key = "webhooks.urls_file"
        var webhooks: [String: WebhookAddress] = [:]
        let lines = source.secretText(key, credential: "ltc.webhooks")?.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in (lines ?? []).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.first?.hasPrefix("#") ?? true { continue }
            if words.count == 2, webhooks[words[0]] == nil, let address = WebhookAddress(words[1]) {
                webhooks[words[0]] = address
            } else {
                source.complain(key, "line \(index + 1) is not a new name, a space, and an https URL")
            }
        }
        return webhooks
    }

    /// A full name, as mail servers want one (RFC 5321, 4.1.1.1): this machine's, or else the sender's domain.
    private static func ownName(sender: String?) -> String {
        let domain = sender.flatMap { try? MailAddress($0) }.map { String($0.domain) }
        return [ProcessInfo.processInfo.hostName, domain ?? ""].first {
            $0.contains(".") && !$0.hasPrefix("localhost") && $0.utf8.allSatisfy { $0 < 0x80 }
        } ?? "localhost"
    }

    private static func smtp(from source: inout SettingsSource) -> SMTPSettings? {
        let levels = SMTPSettings.Security.allCases.map { ($0.rawValue, $0) }
        let security = source.choice("smtp.tls", Dictionary(uniqueKeysWithValues: levels)) ?? .required
        let port = source.integer("smtp.port", in: 1...65_535) ?? (security == .implicit ? 465 : 587)
        let timeout = source.integer("smtp.timeout_seconds", in: 5...3_600) ?? 120
        let maximumBytes = source.integer("smtp.maximum_bytes", in: 100_000...1_000_000_000) ?? 25_000_000
        let authorities = source.text("smtp.ca_file")
        if let authorities, !FileManager.default.isReadableFile(atPath: authorities) {
            source.complain("smtp.ca_file", "cannot be read: \(authorities)")
        }
        var login: SMTPSettings.Login?
        let host = source.text("smtp.host")
        if let user = source.text("smtp.user") {
            guard let password = source.secret("smtp.password_file", credential: "ltc.smtp-password") else {
                source.complain("smtp.password_file", "is needed with smtp.user, or the credential ltc.smtp-password")
                return nil
            }
            login = SMTPSettings.Login(user: user, password: password)
        }
        guard let host else { return nil }
        do {
            return try SMTPSettings(
                host: host, port: port, security: security, login: login, authorities: authorities,
                clientName: source.text("smtp.hello") ?? ownName(sender: source.text("mail.from")),
                timeout: .seconds(timeout), maximumBytes: maximumBytes)
        } catch {
            source.complain("smtp", "\(error)")
            return nil
        }
    }
}
