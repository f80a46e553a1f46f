import Synchronization

/// Something happened: a test waits for it, a handler says so.
struct Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.yield() }

    /// Returns once for each time that it was opened.
    func wait() async {
        var iterator = stream.makeAsyncIterator()
        await iterator.next()
    }
}

/// How large the batches of each kind were.
final class Sizes: Sendable {
    private let sizes = Mutex<[String: [Int]]>([:])
    func add(_ kind: String, _ count: Int) { sizes.withLock { $0[kind, default: []].append(count) } }
    var all: [String: [Int]] { sizes.withLock { $0 } }
}

/// The jobs in the order in which handlers got them.
final class Order: Sendable {
    private let ids = Mutex<[Int]>([])
    func add(_ jobs: [Int]) { ids.withLock { $0 += jobs } }
    var all: [Int] { ids.withLock { $0 } }
}
