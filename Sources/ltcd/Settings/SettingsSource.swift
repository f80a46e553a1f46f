import Configuration
import Delivery
import Domain
import Foundation
import SystemPackage
import Yams

/// Reads settings by key and collects everything that is wrong, so that an operator mends it all at once.
struct SettingsSource {
    private let config: ConfigReader
    private let file: String?
    /// Where each key stands in the file.
    private let lines: [String: Int]
    private let environment: [String: String]
    private var complaints: [String] = []

    init(file: String?, environment: [String: String]) async throws {
        self.file = file
        self.environment = environment
        let variables = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "ltc")
        lines = try file.map(Self.lines) ?? [:]
        guard let file, !lines.isEmpty else {
            config = ConfigReader(provider: variables)
            return
        }
        do {
            let yaml = try await FileProvider<YAMLSnapshot>(filePath: FilePath(file))
            config = ConfigReader(providers: [variables, yaml])
        } catch {
            throw Problem(.inputRefused, "bad_settings", "\(error)", place: file)
        }
        for (key, line) in lines.sorted(by: { $0.value < $1.value }) where !Settings.keys.contains(key) {
            complaints.append("\(file):\(line): there is no setting '\(key)'")
        }
    }

    /// - Throws: a `Problem` with every complaint.
    func finish() throws {
        guard !complaints.isEmpty else { return }
        throw Problem(
            .inputRefused, "bad_settings", complaints.joined(separator: "\n"),
            advice: "every setting is described in config/ltcd.yaml")
    }

    mutating func complain(_ key: String, _ what: String) {
        complaints.append("\(place(of: key)): \(key) \(what)")
    }

    /// Empty is absent.
    func text(_ key: String) -> String? {
        config.string(forKey: ConfigKey(key)).flatMap { $0.isEmpty ? nil : $0 }
    }

    mutating func value<T>(_ key: String, expecting: String, _ parse: (String) -> T?) -> T? {
        guard let text = text(key) else { return nil }
        let value = parse(text)
        if value == nil { complain(key, "is '\(text)'; expected \(expecting)") }
        return value
    }

    mutating func parsed<T>(_ key: String, _ parse: (String) throws -> T) -> T? {
        guard let text = text(key) else { return nil }
        do {
            return try parse(text)
        } catch {
            complain(key, "cannot be used: \(error)")
            return nil
        }
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        value(key, expecting: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func choice<T>(_ key: String, _ choices: [String: T]) -> T? {
        value(key, expecting: "one of " + choices.keys.sorted().joined(separator: ", ")) { choices[$0] }
    }

    /// The first line of the file that `key` names, or of systemd's credential.
    mutating func secret(_ key: String, credential: String) -> Secret? {
        secretText(key, credential: credential)?.split(whereSeparator: \.isNewline).first.map { Secret(String($0)) }
    }

    /// All of that file.
    mutating func secretText(_ key: String, credential: String) -> String? {
        let folder = environment["CREDENTIALS_DIRECTORY"]
        guard let path = text(key) ?? folder.map({ "\($0)/\(credential)" }) else { return nil }
        do {
            return try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            if text(key) != nil { complain(key, "cannot be read: \(path): \(error.localizedDescription)") }
            return nil
        }
    }

    private func place(of key: String) -> String {
        let variable = "LTC_" + key.uppercased().replacing(".", with: "_")
        if environment[variable] != nil { return "environment variable \(variable)" }
        guard let file else { return "settings" }
        return lines[key].map { "\(file):\($0)" } ?? file
    }

    /// The dotted keys of a YAML file and their lines.
    private static func lines(of file: String) throws -> [String: Int] {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
        } catch {
            throw Problem(.inputRefused, "unreadable_settings", error.localizedDescription, place: file)
        }
        var lines: [String: Int] = [:]
        func visit(_ node: Node, _ path: String) {
            guard case .mapping(let mapping) = node else { return }
            for (key, value) in mapping {
                let name = path + (key.string ?? "?")
                if case .mapping = value {
                    visit(value, name + ".")
                } else if value.null == nil || !Settings.keys.contains(where: { $0.hasPrefix(name + ".") }) {
                    // A group whose every line is commented out is null, and fine.
                    lines[name] = key.mark?.line ?? 0
                }
            }
        }
        do {
            if let root = try Yams.compose(yaml: text) { visit(root, "") }
        } catch {
            // The parser's words begin with line and column.
            throw Problem(.inputRefused, "invalid_yaml", "\(file):\(error)")
        }
        return lines
    }
}
