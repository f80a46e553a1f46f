import Synchronization

/// The newest timeline that this process has seen of each cluster.
///
/// A promotion begins a timeline with a higher number. After an asynchronous failover the old primary may be started
/// again, and is then a primary like the new one to a connection string that names both; what it would be told there is
/// lost to everybody else. So a primary behind the newest timeline is refused, whoever of this process has seen that one:
/// heartbeats must not go where the work does not.
enum Timelines {
    private static let newest = Mutex<[Int: Int]>([:])

    /// What an ordinary role may ask: the cluster, and the timeline that its primary writes; NULL on a standby.
    static let question = """
        SELECT system_identifier, CASE WHEN NOT pg_is_in_recovery() THEN
            ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint END
        FROM pg_control_system()
        """

    /// - Returns: why this primary must not be written to; nil when it may.
    static func objection(toCluster cluster: Int, on timeline: Int) -> String? {
        newest.withLock { newest in
            if let seen = newest[cluster], timeline < seen {
                return "is an old primary: it writes timeline \(timeline), and timeline \(seen) was promoted since"
            }
            newest[cluster] = timeline
            return nil
        }
    }
}
