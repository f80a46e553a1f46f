import Foundation
import TestSupport
import Testing

struct ReadmeTests {
    /// In one shell, from top to bottom, as somebody does who believes it.
    @Test func `every command of the README works, and prints what the README says`() async throws {
        let readme = try Manual("README.md")
        try await TestDatabase.with(limit: 1) { first in
            try await TestDatabase.with(limit: 1) { second in
                let session = try NewcomersSession(databases: [first.name, second.name])
                defer { session.remove() }
                for (block, next) in zip(readme.blocks, readme.blocks.dropFirst().map(Optional.some) + [nil])
                where block.language == "sh" {
                    session.add(block, of: readme.name, printing: next.flatMap { $0.language == "text" ? $0 : nil })
                }
                try await session.run()
            }
        }
    }

    @Test func `the README in Chinese holds the same commands`() throws {
        let (english, chinese) = (try Manual("README.md").commands, try Manual("README.zh-CN.md").commands)
        #expect(english.count > 10)
        #expect(english == chinese)
    }
}
