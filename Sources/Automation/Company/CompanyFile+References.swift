import Domain

extension CompanyFile {
    /// Looks up, once everything is read, what was only named.
    func resolve(_ known: Known) {
        let teams = known.teams.merging(company.teams.map { ($0.code, $0.kind) }) { _, described in described }
        let names: [Reading.Reference.Kind: Set<String>] = [
            .calendar: Set(company.calendars.map(\.code)),
            .member: Set(company.members.map(\.code)).union(known.members),
            .team: Set(teams.keys), .procedure: Set(company.dunning.procedures.map(\.name)),
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
}
