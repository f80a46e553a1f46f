extension Connection {
    /// Runs one statement that commits by itself: one exchange with the server where a transaction takes three.
    ///
    /// - Throws: `.unknownOutcome` when the connection dies before the answer is there; `DatabaseError`.
    public func single<Q: Query>(_ query: Q) async throws -> [Q.Row] {
        // A lock timeout takes a statement of its own.
        guard settings.lockTimeout == nil else { return try await transaction { try $0.run(query) } }
        return try await retrying(TransactionOptions().retries, until: nil) { try $0.once(query) }
    }

    private func once<Q: Query>(_ query: Q) throws -> [Q.Row] {
        // Nothing has been asked yet: a server that is gone is no doubt about what it did.
        if !session.isStillThere() { try connect() }
        return try committing { try run(query) }
    }
}

extension Pool {
    /// Runs one statement that commits by itself on a borrowed connection; see `Connection.single`.
    public func single<Q: Query>(_ query: Q) async throws -> [Q.Row] { try await lend { try await $0.single(query) } }
}
