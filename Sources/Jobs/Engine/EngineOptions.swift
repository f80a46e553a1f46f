import Foundation

/// How an engine works.
public struct EngineOptions: Sendable {
    /// What the table of workers and error histories call it.
    public var name = "\(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier)"
    /// How many leased jobs run at once.
    public var concurrency = 16
    /// How many transactions of batched jobs run at once, each on a connection.
    public var batchWorkers = 2
    /// How many jobs such a transaction takes at most.
    public var batchSize = 500
    /// How long it sleeps between two looks for work when it cannot listen.
    public var pollInterval: Duration = .seconds(1)
    /// The same when it listens: then only what no notification told of is found by looking.
    public var listeningPollInterval: Duration = .seconds(5)
    /// How often it says that it lives, and looks for engines that don't.
    public var heartbeat: Duration = .seconds(3)
    /// How long another engine may be silent before it is taken for dead and its jobs are rescued: a heartbeat later at most,
    /// so within 12 seconds of its death.
    public var silence: Duration = .seconds(9)
    /// How often the tables are tidied: within the half minute in which a partition of what is ready is out of use.
    public var tidyInterval: Duration = .seconds(12)
    /// How long finished jobs stay in the log; whole days are dropped.
    public var logRetention: Duration = .seconds(30 * 86_400)
    /// How often depth and age of the queues are measured.
    public var gaugeInterval: Duration = .seconds(15)

    public init() {}

    /// How many of its pool's connections an engine keeps while it runs: each lane has its own.
    public var connections: Int { batchWorkers + 1 }
}
