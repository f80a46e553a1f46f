import Foundation
import Glibc

/// The outside world: a file to which all workers append, and that no rollback reaches.
struct OutsideFile: Sendable {
    enum Line: Sendable, Hashable {
        /// The time is the worker's clock.
        case effect(job: Int, fence: Int, message: String, attempt: Int, worker: String, at: Date)
        /// A worker's clean end, with how many of its attempts were refused a write.
        case end(worker: String, refused: Int)
    }

    private let descriptor: CInt

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    /// In one write, which the kernel does not mix with another's.
    func append(_ line: Line) throws {
        let bytes = Array("\(line.text)\n".utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    static func read(_ path: String) throws -> [Line] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            guard let line = Line(line.split(separator: " ").map(String.init)) else {
                throw Unreadable(line: "\(line)")
            }
            return line
        }
    }

    struct Unreadable: Error {
        let line: String
    }
}

extension OutsideFile.Line {
    fileprivate var text: String {
        switch self {
        case .effect(let job, let fence, let message, let attempt, let worker, let at):
            "effect \(job) \(fence) \(message) \(attempt) \(worker) \(at.timeIntervalSince1970)"
        case .end(let worker, let refused): "end \(worker) \(refused)"
        }
    }

    fileprivate init?(_ words: [String]) {
        if words.count == 7, words[0] == "effect", let job = Int(words[1]), let fence = Int(words[2]),
            let attempt = Int(words[4]), let at = Double(words[6])
        {
            self = .effect(
                job: job, fence: fence, message: words[3], attempt: attempt, worker: words[5],
                at: Date(timeIntervalSince1970: at))
        } else if words.count == 3, words[0] == "end", let refused = Int(words[2]) {
            self = .end(worker: words[1], refused: refused)
        } else {
            return nil
        }
    }
}
