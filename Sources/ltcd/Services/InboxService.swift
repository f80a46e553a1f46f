import Automation
import Foundation
import Logging
import ServiceLifecycle

/// Looks every few seconds at what people and banks have put into the inbox.
struct InboxService: Service {
    static let pause = Duration.seconds(5)

    let inbox: BankInbox
    let logger: Logger

    func run() async throws {
        var isTroubled = false
        while true {
            do {
                try await inbox.look(at: Date())
                isTroubled = false
            } catch is CancellationError {
                return
            } catch {
                // Said once, not every five seconds, until it works again.
                if !isTroubled { logger.error("the inbox cannot be worked", metadata: ["error": "\(error)"]) }
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
