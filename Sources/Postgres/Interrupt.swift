import CLibPQ
import Glibc
import Synchronization

/// Reaches a thread that is blocked on a connection: an eventfd that is polled beside the socket.
final class Interrupt: Sendable {
    let descriptor: CInt
    private let raised = Atomic(false)

    init() {
        descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(descriptor >= 0, "no file descriptor is left for an eventfd")
    }

    deinit { close(descriptor) }

    /// From any thread. Lasts until it is lowered.
    func raise() {
        raised.store(true, ordering: .sequentiallyConsistent)
        _ = eventfd_write(descriptor, 1)
    }

    var isRaised: Bool { raised.load(ordering: .sequentiallyConsistent) }

    /// Only the thread that owns the connection lowers it, before it begins something new and after whoever might raise it
    /// has ended.
    func lower() {
        guard raised.exchange(false, ordering: .sequentiallyConsistent) else { return }
        var count: eventfd_t = 0
        _ = eventfd_read(descriptor, &count)
    }
}

/// What may end an exchange with the server early.
struct Limits {
    var deadline: ContinuousClock.Instant?
    var interrupt: Interrupt?
    /// Whether only a dead peer would need so long: it is then left without being asked to stop.
    var isProbe = false

    /// The same, with this much time at most.
    func atMost(_ duration: Duration) -> Limits {
        var limits = self
        limits.deadline = [deadline, .now + duration].compactMap { $0 }.min()
        return limits
    }

    /// - Throws: `.cancelled` or `.timeout` when a limit has been reached.
    func check() throws {
        if let interrupt, interrupt.isRaised { throw DatabaseError(.cancelled, "cancelled") }
        if let deadline, deadline <= .now { throw DatabaseError(.timeout, "the deadline passed") }
    }

    static func within(_ duration: Duration) -> Limits { Limits(deadline: .now + duration) }
}

enum Wake { case ready, interrupted, expired }

/// Blocks until the socket is ready for one of `events`, or a limit ends the wait. An interrupt and a passed deadline
/// come before a ready socket, so that a busy connection is stopped too.
func wait(for descriptor: CInt, events: Int32, _ limits: Limits) -> Wake {
    while true {
        var milliseconds: CInt = -1
        if let deadline = limits.deadline {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return .expired }
            // Rounded up: a wait that ends too early would only turn around.
            milliseconds = CInt(clamping: left.milliseconds + 1)
        }
        var polled = [
            pollfd(fd: descriptor, events: Int16(events), revents: 0),
            pollfd(fd: limits.interrupt?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&polled, nfds_t(polled.count), milliseconds)
        if count < 0, errno != EINTR { return .ready }  // the next call on the socket reports what is wrong with it
        if polled[1].revents != 0 { return .interrupted }
        if polled[0].revents != 0 { return .ready }
    }
}
