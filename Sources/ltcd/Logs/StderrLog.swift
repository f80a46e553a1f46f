import Foundation
import Glibc
import Logging

/// Writes each line to standard error in one piece.
struct StderrLog: LogHandler {
    let label: String
    let format: Settings.LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, format: Settings.LogFormat, level: Logger.Level) {
        (self.label, self.format, logLevel) = (label, format, level)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var facts = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error { facts["error"] = "\(error)" }
        let line = LogLine(time: Date(), level: event.level, message: "\(event.message)", facts: facts, label: label)
        var text = line.text(as: format) + "\n"
        // One write: lines of several threads do not mix. A log that cannot be written has nobody to be reported to.
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
