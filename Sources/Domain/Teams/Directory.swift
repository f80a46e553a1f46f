package import Foundation

/// A team as it works: who it is, and its clock.
package struct Team: Sendable {
    package let id: Int
    package let code: String
    package let name: String
    package let kind: TeamKind
    package let clock: WorkingClock

    package init(id: Int, code: String, name: String, kind: TeamKind, clock: WorkingClock) {
        self.id = id
        self.code = code
        self.name = name
        self.kind = kind
        self.clock = clock
    }
}

package struct Member: Sendable, Hashable {
    package let id: Int
    package let code: String
    package let name: String
    package let email: String?
    /// The language of the messages to this person: `en` or `zh`.
    package let language: String
    package let absences: [DateInterval]

    package init(
        id: Int, code: String, name: String, email: String? = nil, language: String = "en",
        absences: [DateInterval] = []
    ) {
        self.id = id
        self.code = code
        self.name = name
        self.email = email
        self.language = language
        self.absences = absences
    }

    package func isAbsent(at instant: Date) -> Bool {
        absences.contains { $0.start <= instant && instant < $0.end }
    }
}

/// A member's place in a team.
package struct Seat: Sendable, Hashable {
    package let team: Int
    package let member: Int
    package let role: SeatRole
    /// Share of the rotation; 0 takes no leads.
    package let weight: Int
    /// Most open leads at a time; nil is no limit.
    package let capacity: Int?

    package init(team: Int, member: Int, role: SeatRole = .member, weight: Int = 1, capacity: Int? = nil) {
        self.team = team
        self.member = member
        self.role = role
        self.weight = weight
        self.capacity = capacity
    }
}

/// The teams, the members and their seats as they were on one day.
package struct Directory: Sendable {
    /// In the order of their codes.
    package let teams: [Team]
    /// In the order of their codes.
    package let members: [Member]
    /// In the order of the members' codes.
    package let seats: [Seat]
    private let teamsByID: [Int: Team]
    private let membersByID: [Int: Member]
    private let seatsByTeam: [Int: [Seat]]

    package init(teams: [Team], members: [Member], seats: [Seat]) {
        self.teams = teams.sorted { $0.code < $1.code }
        self.members = members.sorted { $0.code < $1.code }
        let membersByID = Dictionary(uniqueKeysWithValues: members.map { ($0.id, $0) })
        self.seats = seats.sorted { (membersByID[$0.member]?.code ?? "") < (membersByID[$1.member]?.code ?? "") }
        self.membersByID = membersByID
        teamsByID = Dictionary(uniqueKeysWithValues: teams.map { ($0.id, $0) })
        seatsByTeam = Dictionary(grouping: self.seats, by: \.team)
    }

    package func team(id: Int) -> Team? { teamsByID[id] }
    package func team(code: String) -> Team? { teams.first { $0.code == code } }
    package func member(id: Int) -> Member? { membersByID[id] }
    package func member(code: String) -> Member? { members.first { $0.code == code } }

    package func seats(of team: Int) -> [Seat] { seatsByTeam[team] ?? [] }

    /// Whom the team's escalations reach; with several managers, the first by code.
    package func manager(of team: Int) -> Member? {
        seats(of: team).first { $0.role == .manager }.flatMap { member(id: $0.member) }
    }

    /// The team's clock, standing still while the member is away.
    ///
    /// Both must be in the directory; asking for others is a defect of the caller.
    package func clock(of member: Int, in team: Int) -> WorkingClock {
        guard let clock = teamsByID[team]?.clock, let absences = membersByID[member]?.absences else {
            preconditionFailure("member \(member) or team \(team) is not in the directory")
        }
        return WorkingClock(zone: clock.zone, hours: clock.hours, calendar: clock.calendar, absences: absences)
    }
}
