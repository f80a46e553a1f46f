/// A company as its configuration file describes it: who works here and by which rules the automations decide.
///
/// `ltc apply` reads it from YAML, stores it as a version, and every decision names the version that it used.
package struct Company: Codable, Sendable, Hashable {
    package var name: String
    package var calendars: [CalendarPlan] = []
    /// Nil in versions that were stored before there was such a part, and where there are none.
    package var webhooks: [WebhookPlan]?
    package var members: [MemberPlan] = []
    package var teams: [TeamPlan] = []
    package var creditors: [CreditorPlan] = []
    package var assignment = AssignmentPolicy()
    package var followUps: [FollowUpRule] = []
    package var renewals = RenewalPolicy()
    package var dunning = DunningPolicy()
    /// Nil in versions that were stored before there was such a part.
    package var ledger: LedgerPolicy?
    package var schedules: [SchedulePlan] = []

    package init(name: String) {
        self.name = name
    }

    /// How a report on a team, or on all, ages: as the finance teams in it have it, where they agree.
    package func ageingBuckets(team code: String? = nil) -> AgeingBuckets {
        let asked = teams.filter { $0.kind == .finance && (code == nil || $0.code == code) }
        let said = Set(asked.map { $0.ageingDays.map(AgeingBuckets.init(lastDays:)) ?? .standard })
        return said.count == 1 ? said.first! : .standard
    }
}

/// Which days are worked. Weekdays are ISO: 1 is Monday.
package struct CalendarPlan: Codable, Sendable, Hashable {
    package var code: String
    package var weekend: [Int] = [6, 7]
    package var holidays: [CalendarDate: String] = [:]
    /// Weekend days that are worked to make up for a holiday (China's 调休).
    package var workdays: [CalendarDate: String] = [:]
    /// An ISO 3166 code: customers there are written to on these working days only.
    package var country: String?

    package init(code: String) { self.code = code }
}

package struct MemberPlan: Codable, Sendable, Hashable {
    package var code: String
    package var name: String
    package var email: String?
    /// The language of the messages to this person: `en` or `zh`.
    package var language: String = "en"
    package var login: String?
    /// The chat in which this person is told the same as by mail.
    package var webhook: String?
    package var absences: [AbsencePlan] = []

    package init(code: String, name: String) {
        self.code = code
        self.name = name
    }
}

/// Whole days away, both ends included, in the zone of the member's team.
package struct AbsencePlan: Codable, Sendable, Hashable {
    package var from: CalendarDate
    package var until: CalendarDate
    package var reason: String = ""

    package init(from: CalendarDate, until: CalendarDate, reason: String = "") {
        self.from = from
        self.until = until
        self.reason = reason
    }
}

package enum TeamKind: String, Codable, Sendable, CaseIterable {
    case sales, contracts, delivery, finance
}

package struct TeamPlan: Codable, Sendable, Hashable {
    package var code: String
    package var name: String
    package var kind: TeamKind
    /// An IANA zone: `Europe/Berlin`.
    package var zone: String
    package var calendar: String?
    package var hours: WeeklyHours
    package var seats: [SeatPlan] = []
    /// Of a finance team: the last days of its ageing buckets, rising; nil is 30, 60, 90.
    package var ageingDays: [Int]?

    package init(code: String, name: String, kind: TeamKind, zone: String, hours: WeeklyHours) {
        self.code = code
        self.name = name
        self.kind = kind
        self.zone = zone
        self.hours = hours
    }
}

package enum SeatRole: String, Codable, Sendable, CaseIterable {
    case member, manager, approver
}

/// A member's place in a team.
package struct SeatPlan: Codable, Sendable, Hashable {
    package var member: String
    package var role: SeatRole = .member
    /// Share of the rotation; 0 takes no leads.
    package var weight: Int = 1
    /// Most open leads at a time; nil is no limit.
    package var capacity: Int?

    package init(member: String, role: SeatRole = .member, weight: Int = 1, capacity: Int? = nil) {
        self.member = member
        self.role = role
        self.weight = weight
        self.capacity = capacity
    }
}

/// A legal entity to which money is owed.
package struct CreditorPlan: Codable, Sendable, Hashable {
    package var code: String
    package var name: String
    /// The finance team that collects for it.
    package var financeTeam: String
    package var taxID: String?
    package var address: String?
    package var country: String?
    package var email: String?
    package var iban: String?
    /// An account's number where banks have no IBAN.
    package var account: String?
    package var bic: String?
    package var bank: String?

    package init(code: String, name: String, financeTeam: String) {
        self.code = code
        self.name = name
        self.financeTeam = financeTeam
    }
}

package enum AutomationName: String, Codable, Sendable, CaseIterable {
    case assignLeads = "assign-leads"
    case remindFollowUps = "remind-follow-ups"
    case alertRenewals = "alert-renewals"
    case dunInvoices = "dun-invoices"
    case sendReconciliations = "send-reconciliations"
}

extension AutomationName {
    /// The teams whose work it does.
    package var teamKinds: [TeamKind] {
        switch self {
        case .assignLeads, .remindFollowUps: [.sales]
        case .alertRenewals: [.sales, .contracts, .delivery]
        case .dunInvoices, .sendReconciliations: [.finance]
        }
    }
}

/// When an automation runs by itself.
package struct SchedulePlan: Codable, Sendable, Hashable {
    package var name: String
    package var automation: AutomationName
    /// Five-field cron expression, in `zone`.
    package var cron: String
    package var zone: String
    package var team: String?
    /// Without one it runs on every day alike.
    package var calendar: ScheduleCalendar?
    /// What becomes of runs that were missed: `skip`, `once`, `last:3` or `all`. What nothing is said of is as the engine
    /// has it.
    package var misfire: String?
    /// Seconds after which a missed run is left out in any case.
    package var maximumLateness: Int?
    package var dstGap: DSTGap?
    package var dstOverlap: DSTOverlap?

    package init(name: String, automation: AutomationName, cron: String, zone: String, team: String? = nil) {
        self.name = name
        self.automation = automation
        self.cron = cron
        self.zone = zone
        self.team = team
    }
}

/// One of the company's calendars, and what becomes of a run on a day that is free in it.
package struct ScheduleCalendar: Codable, Sendable, Hashable {
    package enum OnHoliday: String, Codable, Sendable, CaseIterable {
        case fire, skip
        /// The same time of the next working day, or of the one before.
        case next, previous
    }
    package var code: String
    package var onHoliday: OnHoliday

    package init(code: String, onHoliday: OnHoliday) {
        self.code = code
        self.onHoliday = onHoliday
    }
}

/// What becomes of a local time that the clock jumps over.
package enum DSTGap: String, Codable, Sendable, CaseIterable { case shift, skip }

/// Which of a local time's two instants counts when the clock is set back.
package enum DSTOverlap: String, Codable, Sendable, CaseIterable { case first, last, both }
