import Delivery
import Domain
package import Foundation
package import Jobs
package import Logging
package import Postgres

/// Puts the package of each dunning run into a folder, by a job that the run leaves in its transaction.
///
/// Written twice, after a death, it is the same package, and stays as it is. A folder that is away or full is waited for.
package struct PackageDrop: Sendable {
    package static let jobKind = "drop-package"

    /// Nil where none is set: then packages are handed out by `ltc dunning package` alone.
    private let folder: URL?
    private let pool: Pool
    private let logger: Logger

    package init(folder: URL?, pool: Pool, logger: Logger) {
        (self.folder, self.pool, self.logger) = (folder, pool, logger)
    }

    /// In the transaction of the run.
    static func ask(for run: Int, in db: isolated Connection) throws {
        // At most a quarter of an hour between two tries: a disk may be full for days.
        try JobQueue.enqueue(
            [
                NewJob(
                    kind: jobKind, arguments: "{\"run\": \(run)}", unique: Unique("\(run)"), maximumAttempts: 1_000)
            ], in: db)
    }

    package var handler: Handler {
        var handler = Handler.leased(Self.jobKind, timeout: .seconds(3_600)) { job, _ in
            let run = try JSONDecoder().decode(Arguments.self, from: Data(job.arguments.utf8)).run
            guard let folder else {
                return logger.debug("no folder is set for packages", metadata: ["run": "\(run)"])
            }
            try await drop(run, into: folder)
        }
        handler.backoff = Backoff(base: .seconds(5), limit: .seconds(900))
        return handler
    }

    private struct Arguments: Decodable {
        let run: Int
    }

    /// - Throws: `DropFolderError` when it cannot be written, among others for a folder that is not there: it may be a disk
    ///   that is not mounted, so it is not made.
    private func drop(_ run: Int, into folder: URL) async throws {
        try DropFolder.check(folder)
        let package = try await RunPackage.make(of: run, team: nil, pool: pool)
        for failure in package.failures {
            logger.error(
                "a letter cannot be printed",
                metadata: ["notice": "\(failure.notice)", "reason": "\(failure.mistake.reason)"])
        }
        let place = try await package.put(
            as: "\(package.day)-run-\(run)", into: DropFolder(folder.appending(path: package.team)), from: pool)
        logger.info(
            "package written",
            metadata: ["run": "\(run)", "folder": "\(place.path)", "files": "\(package.files.count)"])
    }
}
