/// Which receipt an entry takes back that takes money back.
package enum ReversalMatching {
    package struct Candidate: Sendable, Hashable {
        package var receipt: Int
        /// What the payer had paid, and what of it had come in.
        package var minor: Int
        package var cameInMinor: Int

        package init(receipt: Int, minor: Int, cameInMinor: Int) {
            self.receipt = receipt
            self.minor = minor
            self.cameInMinor = cameInMinor
        }
    }

    /// Why a person has to say which receipt it is: `ltc receipt reverse`.
    package enum Waiting: String, Error, Sendable {
        case noReceipt = "reversal_without_receipt"
        case otherAmount = "reversal_of_another_amount"
        case twoReceipts = "reversal_of_two_receipts"
    }

    /// - Parameters:
    ///   - minor: what the entry took
    ///   - charges: what of it the banks took for it, as far as they say
    ///   - candidates: receipts under the entry's reference that are not taken back yet
    package static func receipt(takenBackBy minor: Int, charges: Int = 0, among candidates: [Candidate]) throws(Waiting)
        -> Int
    {
        guard !candidates.isEmpty else { throw .noReceipt }
        let amounts = [minor, minor - charges]
        let equal = Set(
            candidates.filter { amounts.contains($0.minor) || amounts.contains($0.cameInMinor) }.map(\.receipt))
        guard let receipt = equal.first else { throw .otherAmount }
        guard equal.count == 1 else { throw .twoReceipts }
        return receipt
    }
}
