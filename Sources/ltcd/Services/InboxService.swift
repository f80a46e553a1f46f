import Foundation
import Logging
import ServiceLifecycle

/// A folder of the inbox, and how it is looked at.
struct WatchedFolder: Sendable {
    let name: String
    let look: @Sendable (_ now: Date) async throws -> Void
}

/// Looks every few seconds at what people, banks and mail servers have put into a folder of the inbox.
struct InboxService: Service {
    static let pause = Duration.seconds(5)

    let folder: WatchedFolder
    let logger: Logger

    func run() async throws {
        var isTroubled = false
        while true {
            do {
                try await folder.look(Date())
                isTroubled = false
            } catch is CancellationError {
                return
            } catch {
                // Said once, not every five seconds, until it works again.
                if !isTroubled {
                    logger.error(
                        "the inbox cannot be worked", metadata: ["folder": "\(folder.name)", "error": "\(error)"])
                }
                isTroubled = true
            }
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
            } catch is CancellationError {
                return
            }
        }
    }
}
