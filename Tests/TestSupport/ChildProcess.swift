import Dispatch
package import Foundation
import Glibc
import Synchronization

/// A program that a test runs beside itself; it is killed when nobody holds it any more.
///
/// Foundation's `Process` lets a child inherit the signal mask of whatever thread started it, which on Linux often means
/// that SIGTERM never arrives; and its waiting needs a run loop. This one starts with no signal blocked.
package final class ChildProcess: Sendable {
    package let pid: pid_t
    /// The other end of its standard input and output. Never written to: its end tells the program that we are gone.
    private let stream: Int32
    private let status = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - program: a path, or a name that is looked up in PATH.
    ///   - environment: added to this process's own.
    ///   - log: where standard error goes; nil for the same place as standard output.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], log: URL? = nil
    ) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw ProcessFailure(program: program, problem: String(cString: strerror(errno)))
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        if let log {
            posix_spawn_file_actions_addopen(&actions, 2, log.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let all = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        var envp = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for text in argv + envp { free(text) }
        }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, program, &actions, &attributes, &argv, &envp)
        close(ends[1])
        (self.pid, stream) = (pid, ends[0])
        if code != 0 {
            status.withLock { $0 = -1 }
            throw ProcessFailure(program: program, problem: String(cString: strerror(code)))
        }
    }

    deinit {
        status.withLock { status in
            guard status == nil else { return }
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        close(stream)
    }

    package func send(signal: Int32) { kill(pid, signal) }

    /// What it has written since the last call; waits for the first byte, and is empty at the end.
    package func nextOutput() async -> String {
        await withTaskCancellationHandler {
            await offPool { [stream] in
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = read(stream, &buffer, buffer.count)
                return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
            }
        } onCancel: {
            // A test's time limit ends the wait.
            shutdown(stream, Int32(SHUT_RDWR))
        }
    }

    /// Whether it has ended by now. Not while somebody waits for its end.
    package var hasEnded: Bool {
        status.withLock { status in
            var word: Int32 = 0
            if status == nil, waitpid(pid, &word, WNOHANG) == pid { status = Self.outcome(word) }
            return status != nil
        }
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit code, or the negative number of the signal that ended it.
    @discardableResult package func exit() async -> Int32 {
        await offPool { [self] in
            status.withLock { status in
                if let status { return status }
                var word: Int32 = 0
                waitpid(pid, &word, 0)
                let ended = Self.outcome(word)
                status = ended
                return ended
            }
        }
    }

    private static func outcome(_ word: Int32) -> Int32 {
        word & 0x7F == 0 ? (word >> 8) & 0xFF : -(word & 0x7F)
    }
}

package struct ProcessFailure: Error, CustomStringConvertible {
    package let program: String
    package let problem: String

    package init(program: String, problem: String) {
        (self.program, self.problem) = (program, problem)
    }

    package var description: String { "\(program) did not do its work: \(problem)" }
}

/// Runs what blocks on a thread that nobody else waits for.
package func offPool<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
}
