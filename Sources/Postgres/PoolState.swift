/// What a pool knows, and what follows from each event; it acts on nothing.
///
/// Connections are handed over directly: a waiter never loses its turn to a newcomer.
struct PoolState<Connection: Sendable, Waiter> {
    enum Borrowed {
        case connection(Connection)
        /// There is room for one more: make it.
        case room
        case mustWait
        case closed
    }

    let limit: Int
    private(set) var idle: [Connection] = []
    private(set) var open = 0
    private(set) var waiting: [(id: Int, waiter: Waiter)] = []
    private(set) var isClosed = false
    private var lastWaiter = 0

    init(limit: Int) { self.limit = limit }

    var borrowed: Int { open - idle.count }

    /// The connection used last comes first: it is the least likely to have died.
    mutating func borrow() -> Borrowed {
        if isClosed { return .closed }
        if let connection = idle.popLast() { return .connection(connection) }
        guard open < limit else { return .mustWait }
        open += 1
        return .room
    }

    mutating func newWaiter() -> Int {
        lastWaiter += 1
        return lastWaiter
    }

    mutating func enqueue(_ id: Int, _ waiter: Waiter) { waiting.append((id, waiter)) }

    /// A waiter that was cancelled or whose deadline passed; `nil` when it has been served meanwhile.
    mutating func removeWaiter(_ id: Int) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        return waiting.remove(at: index).waiter
    }

    /// - Returns: the waiter who has it now; `nil` when it is idle, or the pool is closed and it is to be closed too.
    mutating func giveBack(_ connection: Connection) -> Waiter? {
        if !waiting.isEmpty { return waiting.removeFirst().waiter }
        if isClosed { open -= 1 } else { idle.append(connection) }
        return nil
    }

    /// - Returns: what waited, and what lay idle: to be refused and to be closed.
    mutating func close() -> (waiters: [Waiter], idle: [Connection]) {
        isClosed = true
        defer { (waiting, idle, open) = ([], [], open - idle.count) }
        return (waiting.map(\.waiter), idle)
    }
}
