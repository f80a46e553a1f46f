package import Delivery
package import Postgres

/// What brings the messages of one channel out of the house.
package protocol MessageCarrier: Sendable {
    var channel: MessageChannel { get }

    /// In the transaction that has the message under lock, before it is sent.
    func pack(_ message: QueuedMessage, in db: isolated Connection) throws -> Parcel
}

/// A message as its carrier has packed it.
package enum Parcel: Sendable {
    /// Hands it over.
    package typealias Send = @Sendable () async -> DeliveryOutcome

    case ready(Send)
    /// It cannot go, or shall not.
    case settled(DeliveryHooks.Fate, reason: String, answer: String?)
}
