package import Domain
package import Foundation
package import Postgres

package enum DirectoryStore {
    /// The teams with their clocks, everybody who was ever named, and the seats of the business day of `asOf`.
    package static func load(asOf: Date, in db: isolated Connection) throws -> Directory {
        let calendars = try calendars(in: db)
        let absences = Dictionary(grouping: try db.run(TeamsSQL.ListAbsences()), by: \.memberId)
        return Directory(
            teams: try db.run(TeamsSQL.ListTeams()).map { try team($0, calendars: calendars) },
            members: try db.run(TeamsSQL.ListMembers()).map { row in
                Member(
                    id: row.id, code: row.code, name: row.name, email: row.email, language: row.language,
                    absences: (absences[row.id] ?? []).map { DateInterval(start: $0.startsAt, end: $0.endsAt) })
            },
            seats: try db.run(TeamsSQL.ListSeats(asOf: asOf)).map { row in
                Seat(
                    team: row.teamId, member: row.memberId, role: try known(row.role), weight: row.weight,
                    capacity: row.capacity)
            })
    }

    private static func calendars(in db: isolated Connection) throws -> [Int: BusinessCalendar] {
        let days = Dictionary(grouping: try db.run(TeamsSQL.ListCalendarDays()), by: \.calendarId)
        return Dictionary(
            uniqueKeysWithValues: try db.run(TeamsSQL.ListCalendars()).map { row in
                var plan = CalendarPlan(code: row.code)
                plan.weekend = row.weekend
                for day in days[row.id] ?? [] {
                    if day.isWorking { plan.workdays[day.day] = day.name } else { plan.holidays[day.day] = day.name }
                }
                return (row.id, BusinessCalendar(plan))
            })
    }

    private static func team(
        _ row: TeamsSQL.ListTeams.Row, calendars: [Int: BusinessCalendar]
    ) throws -> Team {
        guard let zone = TimeZone(identifier: row.zone) else {
            throw Problem(
                .refused, "unknown_zone", "team \(row.code) works in the zone '\(row.zone)', which this machine lacks",
                advice: "install tzdata, or name another zone and `ltc apply`")
        }
        return Team(
            id: row.id, code: row.code, name: row.name, kind: try known(row.kind),
            clock: WorkingClock(
                zone: zone, hours: try JSONDecoder().decode(WeeklyHours.self, from: Data(row.hours.utf8)),
                calendar: row.calendarId.flatMap { calendars[$0] } ?? BusinessCalendar(nil)))
    }

    private static func known<Name: RawRepresentable<String>>(_ text: String) throws -> Name {
        guard let name = Name(rawValue: text) else {
            throw Problem(
                .defect, "unknown_name", "the database says '\(text)', which is no \(Name.self)",
                advice: "run a version of ltc as new as the database: `ltc migrate --check`")
        }
        return name
    }
}
