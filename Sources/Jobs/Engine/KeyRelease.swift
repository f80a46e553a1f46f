import Postgres

/// Jobs that let go what they hold, by what has become of them.
struct KeyRelease: Sendable {
    enum Event: Sendable {
        case claimed
        /// Waits for its time again.
        case waiting
        case dead
        case finished

        /// The scopes of unique keys that end with it; those of a claim are a matter of their own.
        var scopes: [Unique.Scope] {
            switch self {
            case .claimed, .waiting: []
            case .dead: [.unfinished]
            case .finished: Unique.Scope.allCases
            }
        }
    }

    private let unique: [(kind: String, key: String, job: Int)]
    private let shared: [String]
    private let event: Event

    init(_ jobs: some Collection<Job>, _ event: Event) {
        self.init(jobs.map { ($0.kind, $0.uniqueKey, $0.key, $0.id) }, event)
    }

    init(_ jobs: [(kind: String, uniqueKey: String?, key: String?, id: Int)], _ event: Event) {
        unique = jobs.compactMap { job in job.uniqueKey.map { (job.kind, $0, job.id) } }
        shared = Set(jobs.compactMap(\.key)).sorted()
        self.event = event
    }

    /// Whether jobs that waited for these may have become ready.
    var admits: Bool { !shared.isEmpty && event != .claimed }

    /// The unique keys become free, and the shared ones let others through.
    func write(in db: isolated Connection) throws {
        if event == .claimed, !unique.isEmpty {
            try db.execute(
                JobsSQL.ReleasePending(
                    kinds: unique.map(\.kind), keys: unique.map(\.key), jobs: unique.map(\.job)))
        }
        let scopes = event.scopes.map(\.rawValue)
        if !unique.isEmpty, !scopes.isEmpty {
            try db.execute(
                JobsSQL.ReleaseKeys(
                    kinds: unique.map(\.kind), keys: unique.map(\.key), jobs: unique.map(\.job), scopes: scopes))
        }
        if admits { _ = try db.run(JobsSQL.Admit(keys: shared)) }
    }
}
