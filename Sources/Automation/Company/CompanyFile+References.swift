import Domain
import Foundation
import Jobs

extension CompanyFile {
    /// Looks up, once everything is read, what was only named.
    func resolve(_ known: Known) {
        let teams = known.teams.merging(company.teams.map { ($0.code, $0.kind) }) { _, described in described }
        let names: [Reading.Reference.Kind: Set<String>] = [
            .calendar: Set(company.calendars.map(\.code)),
            .webhook: Set(company.webhooks?.map(\.code) ?? []),
            .member: Set(company.members.map(\.code)).union(known.members),
            .team: Set(teams.keys), .creditor: Set(company.creditors.map(\.code)),
            .procedure: Set(company.dunning.procedures.map(\.name)),
        ]
        for reference in reading.references {
            let (code, kind) = (reference.code, reference.kind)
            guard names[kind]?.contains(code) == true else {
                reference.entry.refuse(
                    "there is no \(kind.rawValue) '\(code)'", advice: code.suggestion(from: names[kind] ?? []))
                continue
            }
            if kind == .team, let found = teams[code], !reference.teamKinds.isEmpty,
                !reference.teamKinds.contains(found)
            {
                let fitting = teams.filter { reference.teamKinds.contains($0.value) }.keys
                reference.entry.refuse(
                    "'\(code)' is a \(found.rawValue) team", advice: code.suggestion(from: Array(fitting)))
            }
        }
        for (team, entry) in calendarEntries { checkHours(of: team, entry) }
        for (schedule, entry) in scheduleEntries { checkDays(of: schedule, entry) }
    }

    /// A team whose every working hour falls on days that its calendar says are free would never work.
    private func checkHours(of code: String, _ entry: Entry) {
        guard let team = company.teams.first(where: { $0.code == code }),
            let calendar = company.calendars.first(where: { $0.code == team.calendar }),
            Set(team.hours.shifts.keys).isSubset(of: calendar.weekend)
        else { return }
        entry.refuse(
            "the team has hours only on days that calendar '\(calendar.code)' says are free",
            advice: "give hours on working days, or a calendar with another 'weekend'")
    }

    /// A schedule whose every day is free, and left out, would never run.
    private func checkDays(of name: String, _ entry: Entry) {
        guard reading.problems.isEmpty, let plan = company.schedules.first(where: { $0.name == name }),
            let calendar = company.calendars.first(where: { $0.code == plan.calendar?.code })
        else { return }
        do {
            _ = try plan.schedule().occurrences(
                after: Date(timeIntervalSince1970: 0), days: try calendar.workingCalendar())
        } catch {
            entry.refuse(
                (error as? ScheduleError)?.reason ?? "\(error)",
                advice: "let cron name working days, or write 'on_holiday: next'")
        }
    }
}
