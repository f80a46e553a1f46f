/// What may be closed without money.
package struct LedgerPolicy: Codable, Sendable, Hashable {
    /// A write-off above the limit of its currency, or in a currency without one, waits for somebody else.
    package var writeOffAbove: [Money] = []
    /// Up to this a remainder of a paid item closes with the payment, by currency; nothing where none is named.
    package var smallDifference: [Money] = []

    package init() {}

    package func needsApproval(toWriteOff amount: Money) -> Bool {
        writeOffAbove.first { $0.currency == amount.currency }.map { amount.minor > $0.minor } ?? true
    }

    /// In minor units.
    package func tolerance(in currency: Currency) -> Int {
        smallDifference.first { $0.currency == currency }?.minor ?? 0
    }
}
