/// The way from a test to its database; the engine must work on each of them.
package enum Route: String, Sendable, CaseIterable {
    /// Straight to the server, and LISTEN too.
    case direct
    /// Straight to the server, without LISTEN: work is found by looking. As a role whose statements and idle transactions
    /// the server ends soon.
    case strict
    /// Through PgBouncer in transaction mode, without prepared statements and without LISTEN.
    case pooled
    /// The same, with LISTEN on a connection straight to the server.
    case pooledAndListening

    /// Of every database that is made for a test from here on.
    @TaskLocal package static var current = Route.direct

    var isPooled: Bool { self == .pooled || self == .pooledAndListening }
    var isListening: Bool { self != .strict && self != .pooled }
}
