import Foundation
import Glibc

/// What Linux says of a process.
struct RunningProcess {
    struct Gone: Error {
        let pid: pid_t
    }

    let pid: pid_t

    /// A line of /proc/PID/status that counts kB, such as VmRSS, in MB of a million bytes.
    func megabytes(_ name: String) throws -> Double { Double(try status(name)) * 1_024 / 1_000_000 }

    /// The number in a line of /proc/PID/status.
    func status(_ name: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("\(name):") }),
            let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { throw Gone(pid: pid) }
        return number
    }

    /// All the time it has spent on a processor, in its threads of now and before.
    func processorTime() throws -> Duration {
        var clock: clockid_t = 0
        var time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { throw Gone(pid: pid) }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// From here on, VmHWM counts anew.
    func forgetPeak() throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: "/proc/\(pid)/clear_refs"))
        try handle.write(contentsOf: Data("5".utf8))
        try handle.close()
    }

    static func forgetOwnPeak() throws { try RunningProcess(pid: getpid()).forgetPeak() }
}
