package import Domain
package import Foundation
import Jobs
package import Postgres
import Store

/// Brings a company's description into force.
package enum ApplyConfiguration {
    package struct Report: Sendable, Encodable {
        /// The version in force afterwards.
        package let version: Int
        package let changes: [ConfigurationChange]
        /// Rows that were no longer what the configuration says, and are again.
        package let mended: Int

        package var isChanged: Bool { !changes.isEmpty || mended > 0 }
    }

    /// Makes the database what the company says, in the caller's transaction: a new version when the description
    /// changed, and none when it is what is in force already.
    ///
    /// What an earlier version named and this one does not is ended: seats get their last day, teams and members
    /// work no more but keep their history. What came from elsewhere (an import) stays as it is.
    ///
    /// - Parameter asOf: the business time from which changed seats hold
    package static func apply(
        _ company: Company, actor: String, asOf: Date, in db: isolated Connection
    ) throws -> Report {
        try db.execute(ConfigurationSQL.LockVersions())
        let current = try ConfigurationStore.current(in: db)
        let changes = ConfigurationChange.between(current?.company, company)
        let rows = try put(company, instead: current?.company ?? Company(name: ""), asOf: asOf, in: db)
        guard !changes.isEmpty || rows > 0 else {
            return Report(version: current?.version ?? 0, changes: [], mended: 0)
        }
        let version =
            try changes.isEmpty
            ? current?.version ?? 0
            : db.one(ConfigurationSQL.AddVersion(document: json(company), actor: actor)).id
        let report = Report(version: version, changes: changes, mended: changes.isEmpty ? rows : 0)
        try db.execute(
            ConfigurationSQL.RecordApplication(version: version, at: asOf, actor: actor, detail: json(report.counts)))
        try FollowUpWake.everybody(asOf: asOf, in: db)
        return report
    }

    /// What files may refer to without describing it: what works here and no configuration ever named.
    package static func known(in db: isolated Connection) throws -> CompanyFile.Known {
        let described = try ConfigurationStore.current(in: db)?.company
        var known = CompanyFile.Known()
        for row in try db.run(ConfigurationSQL.KnownElsewhere()) {
            if let kind = row.teamKind.flatMap(TeamKind.init(rawValue:)) {
                known.teams[row.code] = kind
            } else {
                known.members.insert(row.code)
            }
        }
        known.members.subtract(described?.members.map(\.code) ?? [])
        for team in described?.teams ?? [] { known.teams[team.code] = nil }
        return known
    }

    /// - Returns: how many rows changed
    private static func put(
        _ company: Company, instead former: Company, asOf: Date, in db: isolated Connection
    ) throws -> Int {
        func gone(_ codes: (Company) -> [String]) -> [String] {
            Set(codes(former)).subtracting(codes(company)).sorted()
        }
        let (document, previous) = (try json(company), try json(former))
        var rows = try db.execute(ConfigurationSQL.PutCalendars(company: document))
        rows += try db.execute(ConfigurationSQL.DropCalendarDays(company: document))
        rows += try db.execute(ConfigurationSQL.PutCalendarDays(company: document))
        rows += try db.execute(ConfigurationSQL.PutWebhooks(company: document))
        rows += try db.execute(ConfigurationSQL.RetireMembers(codes: gone { $0.members.map(\.code) }))
        rows += try db.execute(ConfigurationSQL.ClearLogins(company: document))
        rows += try db.execute(ConfigurationSQL.PutMembers(company: document))
        rows += try db.execute(ConfigurationSQL.DropWebhooks(codes: gone { ($0.webhooks ?? []).map(\.code) }))
        rows += try db.execute(ConfigurationSQL.PutTeams(company: document))
        rows += try db.run(ConfigurationSQL.CloseSeats(company: document, previous: previous, asOf: asOf)).count
        rows += try db.execute(ConfigurationSQL.PutSeats(company: document, asOf: asOf))
        rows += try db.execute(ConfigurationSQL.RetireTeams(codes: gone { $0.teams.map(\.code) }))
        rows += try db.run(ConfigurationSQL.PutAbsences(company: document)).count
        if let creditor = try db.run(ConfigurationSQL.CreditorsToMove(company: document)).first {
            throw Problem(
                .refused, "creditor_has_ledger",
                "what is owed to \(creditor.code) is collected by \(creditor.team), and cannot go to \(creditor.wanted)",
                place: "creditors.\(creditor.code).finance_team",
                advice: "give \(creditor.team) another name or other people instead")
        }
        rows += try db.execute(ConfigurationSQL.PutCreditors(company: document))
        rows += try db.execute(ConfigurationSQL.DropCreditors(codes: gone { $0.creditors.map(\.code) }))
        rows += try db.execute(ConfigurationSQL.DropCalendars(codes: gone { $0.calendars.map(\.code) }))
        return rows + (try putSchedules(company, in: db))
    }

    /// Schedules of automations are the configuration's, with the calendars that they follow. One that somebody paused
    /// stays paused; what others have declared stays.
    private static func putSchedules(_ company: Company, in db: isolated Connection) throws -> Int {
        let plans = try company.schedules.map { try $0.schedule() }
        let followed = Set(plans.compactMap(\.calendar?.name))
        let calendars = try company.calendars.filter { followed.contains($0.code) }.map { try $0.workingCalendar() }
        let wanted = plans.map { plan in
            Declared(schedule: plan, calendar: calendars.first { $0.name == plan.calendar?.name })
        }
        let there = try ScheduleBook.list(in: db)
        let (own, others) = (there.filter(\.isAutomation), there.filter { !$0.isAutomation })
        let different = Set(wanted).symmetricDifference(try own.map(Declared.init))
        guard !different.isEmpty else { return 0 }
        try ScheduleBook.replace(
            plans + others.map(\.schedule), calendars: others.compactMap(\.calendar) + calendars, in: db)
        return different.count
    }

    /// What the configuration says of a schedule.
    fileprivate struct Declared: Hashable {
        var schedule: Schedule
        let calendar: WorkingCalendar?
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension ApplyConfiguration.Report {
    fileprivate var counts: [String: Int] {
        var counts = ["mended": mended]
        for change in changes { counts[change.kind.rawValue, default: 0] += 1 }
        return counts
    }
}

extension ScheduleEntry {
    fileprivate var isAutomation: Bool { AutomationName(rawValue: schedule.kind) != nil }
}

extension ApplyConfiguration.Declared {
    /// As it stands in the database, in the words that a plan would use; whether it is paused is not the file's.
    fileprivate init(_ entry: ScheduleEntry) throws {
        schedule = entry.schedule
        let arguments = Data(schedule.arguments.utf8)
        schedule.arguments = try JSONDecoder().decode(SchedulePlan.Arguments.self, from: arguments).json()
        schedule.isPaused = false
        calendar = entry.calendar
    }
}
