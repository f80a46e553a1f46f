import Delivery
import Domain
import Foundation
import Jobs

extension CompanyFile {
    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    mutating func readCalendar(_ code: String, _ entry: Entry) {
        let fields = entry.fields("country", "weekend", "holidays", "workdays")
        var plan = CalendarPlan(code: code)
        if let weekend = fields["weekend"] {
            plan.weekend = Set(weekend.list().flatMap { days($0) ?? [] }).sorted()
            if plan.weekend.count == 7 { weekend.refuse("no day is worked", advice: "leave a weekday out") }
        }
        plan.country = fields["country"]?.country()
        plan.holidays = namedDays(fields["holidays"])
        plan.workdays = namedDays(fields["workdays"])
        for (key, _) in fields["workdays"]?.pairs() ?? [] {
            guard let day = key.text().flatMap(CalendarDate.init(_:)) else { continue }
            if plan.holidays[day] != nil {
                key.refuse("\(day) is a holiday too", advice: "keep it in one of 'holidays' and 'workdays'")
            } else if !plan.weekend.contains(day.weekday) {
                key.refuse(
                    "\(day) is worked anyway: it is a \(Self.weekdays[day.weekday - 1])",
                    advice: "'workdays' are weekend days that are worked; check the date")
            }
        }
        do {
            if plan.weekend.count < 7 { _ = try plan.workingCalendar() }
        } catch {
            // What is wrong with a single day is said above.
            if let error = error as? CalendarError, error.kind == .neverWorks {
                entry.refuse(error.reason, advice: "check 'holidays' and 'weekend'")
            }
        }
        company.calendars.append(plan)
    }

    private func namedDays(_ entry: Entry?) -> [CalendarDate: String] {
        var days: [CalendarDate: String] = [:]
        for (key, value) in entry?.pairs() ?? [] {
            guard let day = key.value("a date such as 2026-12-31", CalendarDate.init(_:)) else { continue }
            days[day] = value.text() ?? ""
        }
        return days
    }

    /// `tue`, or `mon-fri`: ISO weekdays.
    private func days(_ entry: Entry) -> [Int]? {
        entry.value("a weekday (mon tue wed thu fri sat sun) or a range such as mon-fri") { text in
            let ends = text.split(separator: "-").map { Self.weekdays.firstIndex(of: String($0)) }
            switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
            case (1, let day?, _): return [day + 1]
            case (2, let from?, let until?) where from < until: return Array(from + 1...until + 1)
            default: return nil
            }
        }
    }

    func webhook(_ code: String, _ entry: Entry) -> WebhookPlan {
        let fields = entry.fields("format")
        return WebhookPlan(code: code, format: fields["format"]?.name(of: WebhookFormat.self) ?? .generic)
    }

    mutating func readMember(_ code: String, _ entry: Entry) {
        let fields = entry.fields("name", "email", "language", "login", "webhook", "absent")
        var plan = MemberPlan(code: code, name: fields.required("name")?.text() ?? "")
        plan.email = fields["email"]?.email()
        if let language = fields["language"] {
            plan.language = language.value("one of en, zh") { ["en", "zh"].contains($0) ? $0 : nil } ?? "en"
        }
        if let login = fields["login"], let name = login.text(), isNew("login \(name)", login) { plan.login = name }
        plan.webhook = fields["webhook"].flatMap { reading.refer(to: .webhook, $0) }
        plan.absences = (fields["absent"]?.list() ?? []).compactMap(absence).sorted { $0.from < $1.from }
        company.members.append(plan)
    }

    private func absence(_ entry: Entry) -> AbsencePlan? {
        let fields = entry.fields("from", "until", "reason")
        let wanted = "a date such as 2026-12-31"
        guard let from = fields.required("from")?.value(wanted, CalendarDate.init(_:)) else { return nil }
        let until = fields["until"].map { $0.value(wanted, CalendarDate.init(_:)) } ?? from
        guard let until else { return nil }
        guard from <= until else {
            entry.refuse("until \(until) is before from \(from)", advice: "both days are included: swap or mend them")
            return nil
        }
        return AbsencePlan(from: from, until: until, reason: fields["reason"]?.text() ?? "")
    }

    mutating func readTeam(_ code: String, _ entry: Entry) {
        let fields = entry.fields("name", "kind", "zone", "calendar", "hours", "seats", "ageing_days")
        let hours = fields.required("hours").flatMap(weeklyHours)
        var plan = TeamPlan(
            code: code, name: fields.required("name")?.text() ?? "",
            kind: fields.required("kind")?.name(of: TeamKind.self) ?? .sales,
            zone: fields.required("zone")?.zone() ?? "UTC", hours: hours ?? .officeHours)
        if let calendar = fields["calendar"] {
            plan.calendar = reading.refer(to: .calendar, calendar)
            calendarEntries.append((code, calendar))
        }
        plan.seats = (fields["seats"]?.pairs() ?? []).compactMap { key, value in
            reading.refer(to: .member, key).map { seat($0, value) }
        }
        plan.ageingDays = fields["ageing_days"].flatMap { ageingDays($0, of: plan.kind) }
        company.teams.append(plan)
    }

    private func ageingDays(_ entry: Entry, of kind: TeamKind) -> [Int]? {
        guard kind == .finance else {
            entry.refuse("a \(kind.rawValue) team has no ageing", advice: "give ageing_days to a finance team")
            return nil
        }
        let days = entry.list().compactMap { $0.integer(1...3_650) }
        guard (1...8).contains(days.count), zip(days, days.dropFirst()).allSatisfy({ $0 < $1 }) else {
            entry.refuse(
                "one to eight rising numbers of days belong here",
                advice: "give the last day of each bucket but the open one, such as [30, 60, 90]")
            return nil
        }
        return days
    }

    private func seat(_ member: String, _ entry: Entry) -> SeatPlan {
        let fields = entry.fields("role", "weight", "capacity")
        return SeatPlan(
            member: member, role: fields["role"]?.name(of: SeatRole.self) ?? .member,
            weight: fields["weight"]?.integer(0...100) ?? 1, capacity: fields["capacity"]?.integer(0...1_000_000))
    }

    private func weeklyHours(_ entry: Entry) -> WeeklyHours? {
        var shifts: [Int: [WeeklyHours.Shift]] = [:]
        for (key, value) in entry.pairs() {
            let read = value.list().compactMap { $0.value("hours such as 09:00-17:30", WeeklyHours.Shift.init(_:)) }
            for day in days(key) ?? [] {
                if shifts[day] != nil {
                    key.refuse("\(Self.weekdays[day - 1]) has hours already", advice: "give each weekday once")
                }
                shifts[day] = read
            }
        }
        guard let hours = WeeklyHours(shifts) else {
            entry.refuse("the hours of a day overlap", advice: "let each shift begin when the one before has ended")
            return nil
        }
        if hours.shifts.isEmpty {
            entry.refuse("the team never works", advice: "give hours, such as 'mon-fri: 09:00-17:30'")
        }
        return hours
    }

    mutating func readCreditor(_ code: String, _ entry: Entry) {
        let fields = entry.fields(
            "name", "finance_team", "tax_id", "address", "country", "email", "iban", "account", "bic", "bank")
        let team = fields.required("finance_team").flatMap { reading.refer(to: .team, $0, teamKinds: [.finance]) }
        var plan = CreditorPlan(code: code, name: fields.required("name")?.line() ?? "", financeTeam: team ?? "")
        plan.taxID = fields["tax_id"]?.text()
        plan.address = fields["address"]?.text()
        plan.country = fields["country"]?.country()
        plan.email = fields["email"]?.email()
        plan.iban = fields["iban"]?.iban()
        plan.account = fields["account"]?.text()
        plan.bic = fields["bic"]?.text()
        plan.bank = fields["bank"]?.text()
        company.creditors.append(plan)
    }
}

extension Entry {
    func email() -> String? {
        // Why it is no address is said by what belongs there.
        value("an e-mail address") { text in (try? MailAddress(text)).map { _ in text } }
    }

    /// Money that is sent to a mistyped account is hard to get back, so its check digits are looked at.
    func iban() -> String? {
        value("an IBAN with its check digits, such as DE89370400440532013000 (for an account without: account)") {
            text in
            CheckDigits.areRight(inIBAN: text) ? text : nil
        }
    }

    func country() -> String? {
        value("an ISO 3166 country code such as DE") { text in
            text.utf8.count == 2 && text.utf8.allSatisfy { (65...90).contains($0) } ? text : nil
        }
    }

    /// A name of the IANA time zone database that this machine knows.
    func zone() -> String? {
        value("an IANA time zone such as Europe/Berlin") { text in
            text == "UTC" || text.contains("/") && TimeZone(identifier: text) != nil ? text : nil
        }
    }
}
