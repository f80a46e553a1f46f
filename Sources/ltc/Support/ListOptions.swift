import ArgumentParser
import Domain
import Postgres

/// How much of a list is shown.
struct ListOptions: ParsableArguments {
    @Option(help: "At most so many.")
    var limit = 100

    func validate() throws {
        if limit < 1 || limit > 1_000_000 { throw ValidationError("--limit is from 1 to 1000000") }
    }

    func tell(_ shown: Int) { tellLimit(limit, shown) }
}

/// That a list was cut, beside the data.
func tellLimit(_ limit: Int, _ shown: Int) {
    if shown == limit { say("the first \(limit); --limit shows more") }
}

extension DatabaseOptions {
    /// Asks in one read-only transaction.
    func ask<Result: Sendable>(_ body: @Sendable (isolated Connection) throws -> Result) async throws -> Result {
        try await withPool { pool in try await pool.transaction(.init(readOnly: true), body) }
    }
}

/// The amount of a stored currency.
func money(_ minor: Int, _ currency: String) throws -> Money {
    guard let known = Currency(currency) else {
        throw Problem(.defect, "unknown_currency", "the database holds the currency '\(currency)'")
    }
    return Money(minor: minor, currency: known)
}

extension Money {
    /// Nil when one of the two is.
    init?(_ minor: Int?, _ currency: String?) throws {
        guard let minor, let currency else { return nil }
        self = try money(minor, currency)
    }
}
