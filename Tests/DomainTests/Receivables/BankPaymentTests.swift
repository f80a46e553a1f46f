import Domain
import Testing

struct BankPaymentTests {
    private func entry(_ minor: Int, details: [Int?] = [], charges: BankCharges = BankCharges()) -> BankEntry {
        var entry = BankEntry()
        (entry.minor, entry.charges, entry.bookedOn) = (minor, charges, CalendarDate("2026-03-02"))
        entry.details = details.map { amount in
            var detail = BankDetail()
            detail.minor = amount
            return detail
        }
        return entry
    }

    @Test func `a batch is as many receipts as it has transactions`() {
        let payments = entry(600, details: [100, 200, 300]).payments
        #expect(payments.map(\.minor) == [100, 200, 300] && payments.map(\.detail) == [1, 2, 3])
        #expect(payments.allSatisfy { $0.kind == .receipt && $0.doubt == nil })
    }

    @Test(arguments: [[100, 200, nil], [100, 200, 299], [100, 200, 301]])
    func `a batch that its transactions do not add up to stays whole`(details: [Int?]) {
        let payments = entry(600, details: details).payments
        #expect(payments.map(\.minor) == [600] && payments.map(\.doubt) == [.detailsDoNotAddUp])
    }

    @Test func `what the bank takes out of a batch is told apart, and all is the entry again`() {
        let payments = entry(590, details: [100, 200, 300], charges: BankCharges(otherMinor: 10)).payments
        #expect(payments.map(\.kind) == [.receipt, .receipt, .receipt, .charge])
        #expect(payments.reduce(0) { $0 + ($1.kind == .charge ? -$1.minor : $1.minor) } == 590)
    }

    @Test func `a batch may have transactions of both directions in it`() {
        var batch = entry(900, details: [1000, 100])
        batch.details[1].isCredit = false
        let payments = batch.payments
        #expect(payments.map(\.kind) == [.receipt, .debit] && payments.map(\.minor) == [1000, 100])
        batch.details[1].isReturned = true
        #expect(batch.payments.map(\.kind) == [.receipt, .reversal])
    }

    @Test func `a batch of returns may have the bank's charge beside them`() {
        var batch = entry(206, details: [100, 100], charges: BankCharges(deductedMinor: 6))
        (batch.isCredit, batch.isReversal) = (false, true)
        #expect(batch.payments.map(\.kind) == [.reversal, .reversal, .charge])
        #expect(batch.payments.map(\.minor) == [100, 100, 6])
    }

    @Test func `what goes back may be more by what the banks take for it`() throws {
        func reversal(_ charges: BankCharges, instructed: Int? = nil) -> BankPayment {
            var entry = entry(11_900, details: [nil], charges: charges)
            (entry.isCredit, entry.isReversal, entry.details[0].instructedMinor) = (false, true, instructed)
            return entry.payments[0]
        }
        let receipt = ReversalMatching.Candidate(receipt: 1, minor: 11_600, cameInMinor: 11_600, batch: "1/1")
        for payment in [
            reversal(BankCharges(otherMinor: 300)), reversal(BankCharges(deductedMinor: 300)),
            reversal(BankCharges(), instructed: 11_600),
        ] {
            let found = try ReversalMatching.receipts(
                takenBackBy: payment.minor, charges: payment.chargesMinor, among: [receipt])
            #expect(found == [1])
        }
        let untold = reversal(BankCharges())
        #expect(throws: ReversalMatching.Waiting.otherAmount) { () throws in
            _ = try ReversalMatching.receipts(
                takenBackBy: untold.minor, charges: untold.chargesMinor, among: [receipt])
        }
    }

    @Test func `charges are the payer's payment only when the file says that they were taken off`() {
        func gross(_ charges: BankCharges, instructed: Int? = nil) -> Int {
            var entry = entry(990, details: [nil], charges: charges)
            entry.details[0].instructedMinor = instructed
            return entry.payments[0].grossMinor
        }
        #expect(gross(BankCharges(deductedMinor: 10)) == 1000)
        #expect(gross(BankCharges(otherMinor: 10)) == 990)
        #expect(gross(BankCharges(otherMinor: 10), instructed: 1000) == 1000)
        #expect(gross(BankCharges(deductedMinor: 10), instructed: 990) == 990)
        #expect(gross(BankCharges(), instructed: 1000) == 990)
    }

    @Test func `direction and the mark of a reversal say what a payment is`() {
        var kinds: [BankPayment.Kind] = []
        for (isCredit, isReversal) in [(true, false), (false, true), (true, true), (false, false)] {
            var entry = entry(1)
            (entry.isCredit, entry.isReversal) = (isCredit, isReversal)
            kinds.append(entry.payments[0].kind)
        }
        #expect(kinds == [.receipt, .reversal, .refund, .debit])
        var returned = entry(1, details: [1])
        returned.isCredit = false
        returned.details[0].isReturned = true
        #expect(returned.payments.map(\.kind) == [.reversal])
    }

    @Test func `a payment is recognised by the bank's reference, or else by all that is told of it`() {
        var first = entry(100, details: [100])
        first.serviceReference = "B-1"
        var again = first
        again.details[0].remittance = "told in more words"
        #expect(first.key(of: first.payments[0]) == again.key(of: again.payments[0]))
        (first.serviceReference, again.serviceReference) = ("NONREF", nil)
        #expect(first.key(of: first.payments[0]) != again.key(of: again.payments[0]))
        again.details[0].remittance = ""
        #expect(first.key(of: first.payments[0]) == again.key(of: again.payments[0]))
    }
}
