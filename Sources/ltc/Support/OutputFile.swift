import Domain
import Foundation

/// A file that a person asks for; whoever reads it sees the old one or all of the new one.
enum OutputFile {
    /// - Throws: a `Problem` that says why it cannot be written.
    static func write(_ bytes: [UInt8], to path: String) throws(Problem) {
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Problem(
                .refused, "not_written", "cannot be written: \(error.localizedDescription)", place: path,
                advice: "choose a file in a folder that may be written")
        }
    }
}
