import ArgumentParser
import Jobs
import Postgres

struct QueueLimit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Bound how many jobs of a queue, a kind or a team run at a time, or start each second.",
        discussion: "The limit is for all daemons together and replaces the one that the same scope had.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var scope: ScopeOptions

    @Option(help: "At most so many at a time.")
    var concurrency: Int?

    @Option(help: "At most so many each second, minute or hour: 10/s, 100/m, 500/h.")
    var rate: RateArgument?

    @Option(help: "How many may start at once after a quiet time; with --rate.")
    var burst = 1

    @Flag(help: "Take the limit away.")
    var none = false

    func validate() throws {
        if none == (concurrency != nil || rate != nil) {
            throw ValidationError("give --concurrency, --rate or both, or --none")
        }
        if let concurrency, concurrency < 1 { throw ValidationError("--concurrency is at least 1") }
        if burst < 1 { throw ValidationError("--burst is at least 1") }
        if rate == nil, burst != 1 { throw ValidationError("--burst goes with --rate") }
    }

    func run() async throws {
        let limit = rate.map { JobControls.Rate(jobs: $0.rate.jobs, each: $0.rate.period, burst: burst) }
        try await database.withPool { pool in
            try await pool.transaction { db in
                try JobControls.limit(scope.scope(in: db), to: concurrency, rate: limit, by: actor(), in: db)
            }
        }
        try Answer("queue.limit", ScopeChanged(scope: scope.words)) {
            "\(scope.words): " + (none ? "no limit" : words)
        }
        .print(as: format)
    }

    private var words: String {
        [concurrency.map { "at most \($0) at a time" }, rate.map { "at most \($0.text), \(burst) at once" }]
            .compactMap { $0 }.joined(separator: ", ")
    }
}

/// `10/s`
struct RateArgument: ExpressibleByArgument {
    let rate: JobControls.Rate
    let text: String

    init?(argument: String) {
        guard let rate = JobControls.Rate(argument) else { return nil }
        (self.rate, text) = (rate, argument)
    }
}
