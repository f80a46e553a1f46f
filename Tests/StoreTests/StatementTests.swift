import Store
import TestSupport
import Testing

@Suite struct StatementTests {
    @Test func `every statement takes and gives what its header says`() async throws {
        try await TestDatabase.with { database in
            let mismatches = try await database.mismatches(of: StoreStatements.all)
            #expect(mismatches.isEmpty, "\(mismatches.joined(separator: "\n"))")
            #expect(StoreStatements.all.count > 5)
        }
    }
}
