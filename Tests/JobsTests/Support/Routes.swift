import TestSupport
import Testing

/// Runs each test once for each of some ways to the database, and says which way it was that failed.
struct Routes: TestTrait, SuiteTrait, TestScoping {
    let routes: [Route]
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        for route in routes {
            let naming = IssueHandlingTrait.compactMapIssues { issue in
                var issue = issue
                issue.comments.append("on the route \(route.rawValue)")
                return issue
            }
            try await Route.$current.withValue(route) {
                try await naming.provideScope(for: test, testCase: testCase, performing: function)
            }
        }
    }
}

extension Trait where Self == Routes {
    static var directAndPooled: Self { Routes(routes: [.direct, .pooled]) }
    static var everyRoute: Self { Routes(routes: Route.allCases) }
}
