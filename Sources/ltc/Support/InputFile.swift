import Domain
import Foundation

/// A file that a person names on the command line.
enum InputFile {
    /// - Throws: a `Problem` that says why it cannot be read, or that it is not UTF-8.
    static func text(_ path: String) throws(Problem) -> String {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Problem(
                .inputRefused, "unreadable_file", "cannot be read: \(error.localizedDescription)", place: path,
                advice: "check the path and its permissions")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(
                .inputRefused, "wrong_encoding", "is not UTF-8", place: path, advice: "save the file as CSV, in UTF-8")
        }
        return text
    }
}
