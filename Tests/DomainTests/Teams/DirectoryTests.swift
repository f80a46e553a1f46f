import Domain
import Foundation
import Testing

struct DirectoryTests {
    private static let clock = WorkingClock(zone: .gmt, hours: .officeHours, calendar: BusinessCalendar(nil))
    private let monday = Date(timeIntervalSince1970: 1_767_603_600)  // 2026-01-05 09:00 UTC
    private let directory = Directory(
        teams: [
            Team(id: 2, code: "b", name: "B", kind: .sales, clock: clock),
            Team(id: 1, code: "a", name: "A", kind: .finance, clock: clock),
        ],
        members: [
            Member(id: 7, code: "zoe", name: "Zoe"),
            Member(
                id: 8, code: "lin", name: "林晓",
                absences: [DateInterval(start: Date(timeIntervalSince1970: 1_767_603_600), duration: 3600)]),
        ],
        seats: [
            Seat(team: 2, member: 7, role: .manager), Seat(team: 2, member: 8, role: .manager),
            Seat(team: 1, member: 7),
        ])

    @Test func `teams, members and seats come in the order of their codes`() {
        #expect(directory.teams.map(\.code) == ["a", "b"])
        #expect(directory.members.map(\.code) == ["lin", "zoe"])
        #expect(directory.seats(of: 2).map(\.member) == [8, 7])
        #expect(directory.seats(of: 9).isEmpty)
    }

    @Test func `a team's manager is the first by code, or nobody`() {
        #expect(directory.manager(of: 2)?.code == "lin")
        #expect(directory.manager(of: 1) == nil)
    }

    @Test func `a member's clock stands still while the member is away, the team's goes on`() {
        #expect(directory.clock(of: 7, in: 2).isWorking(at: monday))
        #expect(!directory.clock(of: 8, in: 2).isWorking(at: monday))
        #expect(directory.clock(of: 8, in: 2).isWorking(at: monday.addingTimeInterval(3600)))
        #expect(directory.member(code: "lin")?.isAbsent(at: monday) == true)
    }
}
