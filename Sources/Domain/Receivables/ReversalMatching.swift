/// Which receipts an entry takes back that takes money back: one, or a batch as a whole.
package enum ReversalMatching {
    package struct Candidate: Sendable, Hashable {
        package var receipt: Int
        /// What the payer had paid, and what of it had come in.
        package var minor: Int
        package var cameInMinor: Int
        /// The entry with which it came in, alone or among others.
        package var batch: String

        package init(receipt: Int, minor: Int, cameInMinor: Int, batch: String) {
            self.receipt = receipt
            self.batch = batch
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
    package static func receipts(
        takenBackBy minor: Int, charges: Int = 0, among candidates: [Candidate]
    ) throws(Waiting) -> [Int] {
        guard !candidates.isEmpty else { throw .noReceipt }
        let amounts = [minor, minor - charges]
        let equal = Set(
            candidates.filter { amounts.contains($0.minor) || amounts.contains($0.cameInMinor) }.map(\.receipt))
        guard equal.isEmpty else {
            guard equal.count == 1 else { throw .twoReceipts }
            return Array(equal)
        }
        let whole = Dictionary(grouping: candidates, by: \.batch).values.filter { batch in
            let sums = (minor: batch.reduce(0) { $0 + $1.minor }, cameIn: batch.reduce(0) { $0 + $1.cameInMinor })
            return amounts.contains(sums.minor) || amounts.contains(sums.cameIn)
        }
        guard let batch = whole.first else { throw .otherAmount }
        guard whole.count == 1 else { throw .twoReceipts }
        return batch.map(\.receipt)
    }
}
