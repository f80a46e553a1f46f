import Delivery
import Domain
import Foundation
import Postgres
import Testing

@testable import ltcd

struct SettingsTests {
    /// Loads settings from a file with this text.
    private func load(_ yaml: String, environment: [String: String] = [:]) async throws -> Settings {
        let file = FileManager.default.temporaryDirectory.appending(path: "ltcd-\(UUID().uuidString).yaml")
        try yaml.write(to: file, atomically: true, encoding: .utf8)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: file) } }
        return try await Settings.load(file: file.path, environment: environment)
    }

    private func complaint(_ yaml: String, environment: [String: String] = [:]) async throws -> String {
        let problem = await #expect(throws: Problem.self) { try await load(yaml, environment: environment) }
        return problem.map { "\($0)" } ?? ""
    }

    @Test func `the example is what holds without it`() async throws {
        let example = URL(filePath: #filePath).appending(path: "../../../../config/ltcd.yaml").standardized.path
        let shown = try await Settings.load(file: example, environment: [:])
        let silent = try await Settings.load(file: nil, environment: [:])
        #expect("\(shown)" == "\(silent)")
        #expect(shown.outbound == .hold && shown.httpPort == 8417)
    }

    @Test func `every setting is in the example`() throws {
        let example = URL(filePath: #filePath).appending(path: "../../../../config/ltcd.yaml").standardized
        let text = try String(contentsOf: example, encoding: .utf8)
        for key in Settings.keys {
            let last = key.split(separator: ".").last ?? ""
            #expect(text.contains("\(last):"), "\(key) is not described")
        }
    }

    @Test func `a fresh installation sends nothing, and knows no mail server`() async throws {
        let settings = try await load("")
        #expect(settings.outbound == .hold && settings.smtp == nil)
    }

    @Test func `the environment wins over the file`() async throws {
        let yaml = "smtp: {host: a.example, port: 25, tls: none}\nhttp: {port: 1}"
        let settings = try await load(yaml, environment: ["LTC_SMTP_HOST": "b.example", "LTC_HTTP_PORT": "2"])
        #expect(settings.smtp?.host == "b.example" && settings.smtp?.port == 25)
        #expect(settings.httpPort == 2)
    }

    @Test func `behind a pooler nobody listens, unless there is a way past it`() async throws {
        let pooled = try await load("database: {conninfo: host=pooler, prepared_statements: false}")
        #expect(!pooled.database.preparesStatements && pooled.listening == nil)
        let both = try await load(
            "database: {conninfo: host=pooler, prepared_statements: false, listen_conninfo: host=server}")
        #expect(both.listening?.conninfo == "host=server")
        #expect(try await load("database: {conninfo: host=server}").listening?.conninfo == "host=server")
    }

    @Test func `all that is wrong is said at once, each with its place`() async throws {
        let words = try await complaint(
            "http:\n  port: many\n  prot: 1\noutbound: sometimes\n", environment: ["LTC_LOG_LEVEL": "loud"])
        #expect(words.contains(".yaml:2: http.port is 'many'; expected a whole number from 0 to 65535"))
        #expect(words.contains(".yaml:3: there is no setting 'http.prot'"))
        #expect(words.contains(".yaml:4: outbound is 'sometimes'; expected hold, on, or redirect ADDRESS"))
        #expect(words.contains("environment variable LTC_LOG_LEVEL: log.level is 'loud'"))
    }

    @Test func `broken YAML is an error with its line`() async throws {
        #expect(try await complaint("http: [1\nlog: x").contains(":2:"))
        let problem = await #expect(throws: Problem.self) {
            try await Settings.load(file: "/nowhere.yaml", environment: [:])
        }
        #expect(problem?.place == "/nowhere.yaml")
    }

    @Test func `sending needs a sender and a server`() async throws {
        let words = try await complaint("outbound: on")
        #expect(words.contains("mail.from is needed") && words.contains("smtp.host is needed"))
        let settings = try await load(
            "outbound: redirect test@company.example\nmail: {from: ltc@company.example}\nsmtp: {host: localhost}")
        #expect(settings.outbound == .redirect(try MailAddress("test@company.example")))
    }

    @Test func `the URLs of chats come from a file, and what is wrong in it is told by its line alone`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "ltc-webhooks-\(UUID().uuidString)")
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: file) } }
        func write(_ text: String) throws { try text.write(to: file, atomically: true, encoding: .utf8) }
        let yaml = "webhooks: {urls_file: \(file.path), rate: 20/m}"
        try write("# ours\n\nchat https://chat.example/hush\nteam\thttps://chat.example/hush2\n")
        let settings = try await load(yaml)
        #expect(settings.webhooks.keys.sorted() == ["chat", "team"] && settings.webhooksRate != nil)
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("hush"))
        try write("chat https://chat.example/hush\nchat https://chat.example/hush\nhttp://chat.example/hush\n")
        let words = try await complaint(yaml)
        #expect(words.contains("webhooks.urls_file line 2 is not") && words.contains("line 3 is not"))
        #expect(!words.contains("hush"))
    }

    @Test func `a password comes from a file or a credential, and is shown by nobody`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-cred-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        try "hush\n".write(to: folder.appending(path: "ltc.smtp-password"), atomically: true, encoding: .utf8)
        let yaml = "smtp: {host: mail.example, user: ltc}"
        let settings = try await load(yaml, environment: ["CREDENTIALS_DIRECTORY": folder.path])
        #expect(settings.smtp?.login != nil)
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("hush"))
        let words = try await complaint(yaml + "\noutbound: on")
        #expect(words.contains("smtp.password_file is needed with smtp.user") && !words.contains("smtp.host is needed"))
        #expect(try await complaint("smtp: {port: abc}").contains("smtp.port"))
        #expect(try await complaint("smtp: {ca_file: /nowhere}").contains("smtp.ca_file cannot be read: /nowhere"))
        #expect(
            try await complaint("smtp: {host: mail.example, user: ltc, password: hush}").contains(
                "no setting 'smtp.password'"))
    }
}
