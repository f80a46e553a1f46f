import Foundation
import Glibc

/// Reading settings, registering services and connecting touch most of the program's code once. It is given back to the
/// system; what is used again is mapped again from its file, at the cost of a page fault.
enum StartupPages {
    static func giveBack() throws {
        // Code only, which is never written: a page of data would come back as it was before its relocations.
        for line in try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count == 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { continue }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, let start = UnsafeMutableRawPointer(bitPattern: ends[0]) else { continue }
            madvise(start, Int(ends[1] - ends[0]), MADV_DONTNEED)
        }
    }
}
