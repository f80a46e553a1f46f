import Foundation
import Logging

/// One line of the log, for people or for machines.
struct LogLine {
    let time: Date
    let level: Logger.Level
    let message: String
    let facts: Logger.Metadata
    let label: String

    func text(as format: Settings.LogFormat) -> String {
        switch format {
        case .human: human
        case .json: json
        }
    }

    /// `2026-11-23T06:58:59.123Z info  run finished  assigned=3 run=12`
    private var human: String {
        let facts = self.facts.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quotedIfNeeded("\($0.value)"))" }
        return "\(time.ISO8601Format(.iso8601WithTimeZone)) \(level.rawValue.padded(to: 7)) \(Self.oneLine(message))"
            + (facts.isEmpty ? "" : "  " + facts.joined(separator: " "))
    }

    private var json: String {
        var fields = [
            ("time", time.ISO8601Format(.iso8601WithTimeZone)), ("level", level.rawValue), ("message", message),
            ("logger", label),
        ]
        let own = Set(fields.map(\.0))
        fields += facts.sorted { $0.key < $1.key }.map { (own.contains($0.key) ? "_\($0.key)" : $0.key, "\($0.value)") }
        return "{" + fields.map { "\(Self.jsonString($0.0)):\(Self.jsonString($0.1))" }.joined(separator: ",") + "}"
    }

    private static func quotedIfNeeded(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.unicodeScalars.allSatisfy { !" =\"\\".unicodeScalars.contains($0) && $0.isShown }
        return isPlain ? text : jsonString(text)
    }

    private static func oneLine(_ text: String) -> String {
        text.unicodeScalars.allSatisfy(\.isShown) ? text : jsonString(text)
    }

    /// A quoted string in which control characters, which could forge a line or colour a terminal, are escaped.
    static func jsonString(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where !scalar.isShown: result += String(format: "\\u%04x", scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Unicode.Scalar {
    /// Neither a control character nor a line or paragraph separator.
    fileprivate var isShown: Bool {
        properties.generalCategory != .control && value != 0x2028 && value != 0x2029
    }
}

extension Date.ISO8601FormatStyle {
    /// UTC with milliseconds.
    fileprivate static var iso8601WithTimeZone: Self { .init(includingFractionalSeconds: true) }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
