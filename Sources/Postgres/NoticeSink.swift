import CLibPQ
import Logging

/// Takes the server's notices and warnings, on the connection's thread.
final class NoticeSink {
    private let logger: Logger
    /// Whether a COMMIT stands on this server only: the wait for its standby was cancelled.
    var replicationUnsure = false

    init(logger: Logger) { self.logger = logger }

    func attach(to connection: OpaquePointer?) {
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue().take(DatabaseError(result: result))
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func take(_ notice: DatabaseError) {
        if notice.sourceFunction == "SyncRepWaitForLSN" { replicationUnsure = true }
        logger.debug("PostgreSQL: notice", metadata: ["notice": "\(notice.message)"])
    }
}
