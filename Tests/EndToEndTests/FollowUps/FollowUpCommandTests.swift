import Foundation
import TestSupport
import Testing

/// Leads and reminders as the people of a team answer them.
@Suite(.timeLimit(.minutes(10)))
struct FollowUpCommandTests {
    @Test func `a reminder is put off, waits and is done; what is over is not answered again`() async throws {
        try await Shell.with { office in
            try await office.ltc("apply \(Shell.config)/small.yaml")
            try await office.ltc(
                "import leads FILE",
                file: "external_id,company,contact_name,created_at\nL-1,Miller Ltd,Ann,2026-03-02T09:00:00Z\n")
            try await office.ltc("run assign-leads --as-of 2026-03-02T09:30:00Z")
            try await office.ltc("run remind-follow-ups --as-of 2026-03-04T12:00:00Z")
            let list = try await office.ltc("reminder list --json")
            let id = try #require(list.firstMatch(of: /"reminder" : (\d+)/)?.1)
            #expect(try await office.ltc("reminder snooze \(id) --for 4h").contains("(snoozed), again at "))
            #expect(try await office.ltc("reminder wait \(id) --for 3d").contains("(waiting), again at "))
            #expect(try await office.ltc("reminder ack \(id)").contains("reminder \(id) is "))
            #expect(try await office.ltc("reminder ack \(id)", exits: 1).contains("reminder \(id)"))
            #expect(try await office.ltc("reminder snooze \(id) --for soon", exits: 2).contains("--for"))
            #expect(try await office.ltc("reminder ack 999", exits: 1).contains("999"))
        }
    }
}
