import Domain
import Testing

struct StatementRulesTests {
    private func statement(closing: Int = 150, booked: Int128 = 50) -> BankStatement {
        BankStatement(
            ordinal: 1, line: 3, id: "S-1", sequence: nil, createdAt: nil, account: "A", currency: Currency("EUR")!,
            openingMinor: 100, openingOn: nil, closingMinor: closing, closingOn: nil, entries: 1, bookedMinor: booked,
            contentKey: "#1")
    }

    private func reason(
        _ statement: BankStatement, isComplete: Bool = true, known: String? = nil, isOurs: Bool = true
    ) -> Reject.Reason? {
        let verdict = StatementRules.judge(statement, isComplete: isComplete, knownContent: known, isOurs: isOurs)
        guard case .refuse(let reject) = verdict else { return nil }
        return reject.reason
    }

    @Test func `a statement is taken when all of it is sound`() {
        #expect(StatementRules.judge(statement(), isComplete: true, knownContent: nil, isOurs: true) == .take)
        #expect(
            StatementRules.judge(statement(), isComplete: true, knownContent: "#1", isOurs: true) == .alreadyImported)
    }

    @Test func `what is missing between the balances is refused, however large`() {
        #expect(reason(statement(closing: 151)) == .unbalanced)
        #expect(reason(statement(booked: 1 << 100)) == .unbalanced)
        #expect(reason(statement(), isComplete: false) == .incompleteStatement)
        #expect(reason(statement(), known: "#2") == .alreadyDiffers)
        #expect(reason(statement(), isOurs: false) == .unknownAccount)
    }

    @Test func `a reversal takes back the one receipt of its amount, or the one batch`() throws {
        func receipt(_ id: Int, _ minor: Int, _ cameIn: Int, in batch: String = "1/1") -> ReversalMatching.Candidate {
            .init(receipt: id, minor: minor, cameInMinor: cameIn, batch: batch)
        }
        func taken(by minor: Int, charges: Int = 0, _ candidates: ReversalMatching.Candidate...) throws -> [Int] {
            try ReversalMatching.receipts(takenBackBy: minor, charges: charges, among: candidates).sorted()
        }
        #expect(try taken(by: 990, receipt(1, 1000, 990), receipt(2, 5, 5)) == [1])
        #expect(try taken(by: 995, receipt(1, 1000, 990), receipt(2, 5, 5), receipt(3, 9, 9, in: "2/1")) == [1, 2])
        #expect(try taken(by: 1008, charges: 3, receipt(1, 1000, 990), receipt(2, 5, 5)) == [1, 2])
        #expect(throws: ReversalMatching.Waiting.noReceipt) { try taken(by: 1) }
        #expect(throws: ReversalMatching.Waiting.otherAmount) { try taken(by: 1, receipt(1, 2, 2)) }
        #expect(throws: ReversalMatching.Waiting.otherAmount) {
            try taken(by: 4, receipt(1, 2, 2), receipt(2, 2, 2, in: "2/1"))
        }
        #expect(throws: ReversalMatching.Waiting.twoReceipts) { try taken(by: 1, receipt(1, 1, 1), receipt(2, 1, 1)) }
        #expect(throws: ReversalMatching.Waiting.twoReceipts) {
            try taken(
                by: 3, receipt(1, 1, 1), receipt(2, 2, 2), receipt(3, 2, 2, in: "2/1"), receipt(4, 1, 1, in: "2/1"))
        }
    }
}
