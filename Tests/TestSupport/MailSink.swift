import Foundation

/// A real SMTP server of our own, `deploy/smtp-sink`, for as long as it is held.
package final class MailSink: Sendable {
    package let port: Int
    private let directory: URL
    private let process: ChildProcess

    /// - Parameter options: what it does wrong, as `deploy/smtp-sink --help` tells.
    package init(_ options: String...) async throws {
        let program = URL(filePath: #filePath).appending(path: "../../../deploy/smtp-sink").standardized
        directory = FileManager.default.temporaryDirectory.appending(path: "ltc-sink-\(UUID().uuidString)")
        process = try ChildProcess(program.path, [directory.path, "--until-stdin-closes"] + options)
        let line = await process.nextOutput()
        guard let port = Int(line.split(separator: ":").last?.filter(\.isNumber) ?? "") else {
            throw ProcessFailure(program: "deploy/smtp-sink", problem: line)
        }
        self.port = port
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: directory)
        } catch {
            print("left behind: \(directory.path): \(error)")
        }
    }

    /// The mails it keeps, in order of arrival.
    package func mails() throws -> [String] {
        let folder = directory.appending(path: "new")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        }
    }
}
