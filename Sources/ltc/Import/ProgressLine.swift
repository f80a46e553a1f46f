import Foundation
import Synchronization

/// How far a long job is, on a line of the terminal that is written over; nothing when stderr is no terminal, and nothing in
/// the first second.
final class ProgressLine: Sendable {
    private let label: String
    private let isOnTerminal = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private let shownPercent = Mutex(0)

    init(label: String) {
        self.label = label
    }

    /// - Parameter share: 0 to 1
    func show(_ share: Double) {
        guard isOnTerminal, start.duration(to: .now) > .seconds(1) else { return }
        let percent = min(100, Int(share * 100))
        shownPercent.withLock { shown in
            guard percent != shown else { return }
            shown = percent
            FileHandle.standardError.write(Data("\r\(label): \(percent) %\(percent == 100 ? "\n" : "")".utf8))
        }
    }
}
