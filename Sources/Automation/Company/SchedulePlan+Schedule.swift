import Domain
import Foundation
import Jobs

extension SchedulePlan {
    /// What a job of an automation carries; its kind is the automation's name.
    struct Arguments: Codable {
        /// The team whose part is run; all teams' without it.
        let team: String?

        func json() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }

    /// The schedule as the engine keeps it.
    func schedule() throws -> Schedule {
        var schedule = Schedule(
            name: name, cron: cron, zone: zone, kind: automation.rawValue, arguments: try Arguments(team: team).json(),
            maximumLateness: maximumLateness.map { .seconds($0) },
            calendar: calendar.map { CalendarRule($0.code, onHoliday: HolidayPolicy($0.onHoliday)) })
        if let misfire = misfire.flatMap(MisfirePolicy.init(_:)) { schedule.misfire = misfire }
        if let dstGap { schedule.dstGap = GapPolicy(dstGap) }
        if let dstOverlap { schedule.dstOverlap = OverlapPolicy(dstOverlap) }
        return schedule
    }
}

extension CalendarPlan {
    /// The calendar as the engine keeps it.
    ///
    /// - Throws: `CalendarError` when no day is worked for a year.
    func workingCalendar() throws -> WorkingCalendar {
        func names(_ days: [CalendarDate: String]) -> [String: String] {
            Dictionary(uniqueKeysWithValues: days.map { ($0.key.description, $0.value) })
        }
        return try WorkingCalendar(
            name: code, weekdays: Set(1...7).subtracting(weekend), holidays: names(holidays), workdays: names(workdays))
    }
}

extension HolidayPolicy {
    fileprivate init(_ plan: ScheduleCalendar.OnHoliday) {
        switch plan {
        case .fire: self = .fire
        case .skip: self = .skip
        case .next: self = .next
        case .previous: self = .previous
        }
    }
}

extension GapPolicy {
    fileprivate init(_ plan: DSTGap) {
        switch plan {
        case .shift: self = .shift
        case .skip: self = .skip
        }
    }
}

extension OverlapPolicy {
    fileprivate init(_ plan: DSTOverlap) {
        switch plan {
        case .first: self = .first
        case .last: self = .last
        case .both: self = .both
        }
    }
}
