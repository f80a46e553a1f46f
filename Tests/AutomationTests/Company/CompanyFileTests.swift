import Automation
import Domain
import Foundation
import Jobs
import Testing

struct CompanyFileTests {
    static let small = """
        company: Small
        calendars:
          de: { holidays: { 2026-01-01: Neujahr } }
        members:
          eva: { name: Eva, email: eva@small.example }
          jan: { name: Jan }
        teams:
          sales: { name: Sales, kind: sales, zone: Europe/Berlin, calendar: de, hours: { mon-fri: 09:00-17:00 }, seats: { eva: { role: manager }, jan: } }
          office: { name: Office, kind: finance, zone: Europe/Berlin, hours: { mon: [09:00-12:00, 13:00-17:00] } }
        creditors:
          small: { name: Small, finance_team: office }
        assignment: { rules: [{ name: all, team: sales }] }
        follow_ups: [{ name: first, subject: lead, within: 4h }]
        dunning:
          standard: simple
          procedures:
            simple: { interest: { percent: 9 }, levels: [{ after_days: 5 }, { after_days: 9, fees: [5.00 EUR] }], source: AGB 8 }
        schedules:
          dun: { automation: dun-invoices, cron: "0 8 * * mon-fri", zone: UTC, team: office }
          late: { automation: dun-invoices, cron: "0 9 1 * *", zone: UTC, calendar: de, on_holiday: next, misfire: "last:2", maximum_lateness: 2d, dst_gap: skip, dst_overlap: both }
        """

    /// The problems of `small` after one replacement, as `line:column what`.
    static func problems(_ old: String, _ new: String) throws -> [String] {
        #expect(small.contains(old), "the test replaces nothing")
        do throws(Problems) {
            _ = try CompanyFile.read([("f.yaml", small.replacing(old, with: new))])
            return []
        } catch {
            return error.all.map { "\(($0.place ?? "").dropFirst(7)) \($0.what) → \($0.advice ?? "")" }
        }
    }

    @Test func `a file that is right is read as it is written`() throws {
        let company = try CompanyFile.read([("f.yaml", Self.small)])
        #expect(company.name == "Small")
        #expect(company.teams.map(\.code) == ["office", "sales"])
        #expect(company.teams[1].seats == [SeatPlan(member: "eva", role: .manager), SeatPlan(member: "jan")])
        #expect(company.teams[1].hours.shifts[5]?.map(\.description) == ["09:00-17:00"])
        #expect(
            company.dunning.procedures[0].levels[1].fees == [
                NoticeFee(Money(minor: 500, currency: Currency("EUR")!), source: "AGB 8")
            ])
        #expect(company.schedules[0].team == "office")
        let late = company.schedules[1]
        #expect(late.calendar == ScheduleCalendar(code: "de", onHoliday: .next))
        #expect(late.misfire == "last:2" && late.maximumLateness == 172_800)
        #expect(late.dstGap == .skip && late.dstOverlap == .both)
        #expect(try CompanyFile.read([("export", CompanyText.yaml(of: company))]) == company)
    }

    @Test func `a member's chat is read and written, and one that is not described is refused`() throws {
        let text = Self.small.replacing("name: Eva,", with: "name: Eva, webhook: chat,").replacing(
            "members:", with: "webhooks: { chat: { format: feishu }, plain: }\nmembers:")
        let company = try CompanyFile.read([("f.yaml", text)])
        #expect(company.members[0].webhook == "chat")
        #expect(
            company.webhooks == [
                WebhookPlan(code: "chat", format: .feishu), WebhookPlan(code: "plain", format: .generic),
            ])
        #expect(try CompanyFile.read([("export", CompanyText.yaml(of: company))]) == company)
        let problems = try Self.problems("name: Eva,", "name: Eva, webhook: chat,")
        #expect(problems.count == 1 && problems[0].contains("there is no webhook 'chat'"), "\(problems)")
        #expect(try Self.problems("members:", "webhooks: { chat: { format: fax } }\nmembers:").count == 1)
    }

    @Test func `what is closed without money, and in which order a claim is paid, is read and written`() throws {
        let text = Self.small.replacing("simple: { interest", with: "simple: { payments: principal-first, interest")
            .replacing(
                "schedules:", with: "ledger: { write_off_above: [50.00 EUR], small_difference: [0.50 EUR] }\nschedules:"
            )
        let company = try CompanyFile.read([("f.yaml", text)])
        let euro = try #require(Currency("EUR"))
        #expect(company.dunning.procedures[0].payments == .principalFirst)
        #expect(company.ledger?.tolerance(in: euro) == 50)
        #expect(company.ledger?.needsApproval(toWriteOff: Money(minor: 5_000, currency: euro)) == false)
        #expect(company.ledger?.needsApproval(toWriteOff: Money(minor: 5_001, currency: euro)) == true)
        #expect(company.ledger?.needsApproval(toWriteOff: Money(minor: 1, currency: Currency("CNY")!)) == true)
        #expect(try CompanyFile.read([("export", CompanyText.yaml(of: company))]) == company)
        #expect(
            try Self.problems("schedules:", "ledger: { small_difference: [0.50 EUR, 1.00 EUR] }\nschedules:").count == 1
        )
        #expect(try Self.problems("simple: { interest", "simple: { payments: interest-first, interest").count == 1)
    }

    @Test func `a finance team's ageing is read and written`() throws {
        let text = Self.small.replacing("kind: finance,", with: "kind: finance, ageing_days: [15, 45],")
        let company = try CompanyFile.read([("f.yaml", text)])
        #expect(company.ageingBuckets(team: "office") == AgeingBuckets(lastDays: [15, 45]))
        #expect(try CompanyFile.read([("export", CompanyText.yaml(of: company))]) == company)
    }

    @Test(arguments: [
        ("name: Eva,", "nmae: Eva,", "5:10 members.eva.nmae: the key 'nmae' is unknown here"),
        ("name: Eva,", "nmae: Eva,", "did you mean 'name'?"),
        ("name: Jan", "email: x", "6:8 members.jan: 'name' is missing"),
        ("eva@small.example", "eva at small", "5:28 members.eva.email: 'eva at small' is not an e-mail address"),
        (
            "zone: Europe/Berlin, calendar", "zone: Europe/Berln, calendar",
            "8:44 teams.sales.zone: 'Europe/Berln' is not"
        ),
        ("kind: sales", "kind: sails", "8:31 teams.sales.kind: 'sails' is unknown"),
        ("calendar: de", "calendar: fr", "there is no calendar 'fr'"),
        ("jan: }", "jon: }", "there is no member 'jon' → did you mean 'jan'?"),
        ("team: sales }]", "team: slaes }]", "there is no team 'slaes'"),
        ("team: sales }]", "team: office }]", "'office' is a finance team"),
        ("finance_team: office", "finance_team: sales", "'sales' is a sales team"),
        ("standard: simple", "standard: smple", "there is no procedure 'smple'"),
        ("kind: sales", "ageing_days: [30], kind: sales", "a sales team has no ageing"),
        ("kind: finance", "ageing_days: [30, 30], kind: finance", "one to eight rising numbers"),
        ("kind: finance", "ageing_days: [0, 30], kind: finance", "'0' is not a whole number from 1"),
        ("09:00-17:00 }", "17:00-09:00 }", "'17:00-09:00' is not hours such as"),
        ("13:00-17:00]", "11:00-17:00]", "the hours of a day overlap"),
        ("hours: { mon-fri: 09:00-17:00 }", "hours: { sat-sun: 09:00-17:00 }", "says are free"),
        ("2026-01-01: Neujahr", "2026-02-30: Neujahr", "'2026-02-30' is not a date"),
        ("holidays:", "workdays:", "2026-01-01 is worked anyway: it is a thu"),
        ("after_days: 9", "after_days: 5", "does not rise above the one before"),
        (
            "after_days: 9, fees", "after_days: 9, minimums: [9.00 USD], fees",
            "17:69 dunning.procedures.simple.levels[2]: the level has minimums, but none in EUR → add one to 'minimums'"
        ),
        ("after_days: 9", "after_days: 9, channels: [mail, fax]", "channels[2]: 'fax' is unknown"),
        ("after_days: 9", "after_days: 9, channels: [mail, mail]", "a channel stands here twice"),
        ("after_days: 9", "after_days: 9, channels: []", "no channel"),
        (
            "finance_team: office", "finance_team: office, iban: DE89370400440532013001",
            "is not an IBAN with its check digits"
        ),
        ("after_days: 9", "after_days: 9, minimum_percent: 101", "'101' is not a whole number from 0 to 100"),
        ("after_days: 9", "after_days: 9, repeat_every: 0", "'0' is not a whole number from 1"),
        ("standard: simple", "standard: simple\n  groups: { vip: smple }", "groups.vip: there is no procedure 'smple'"),
        ("standard: simple", "standard: simple\n  creditors: { big: simple }", "there is no creditor 'big'"),
        ("5.00 EUR", "5.00 EURO", "'5.00 EURO' is not an amount"),
        ("5.00 EUR", "5.001 EUR", "'5.001 EUR' is not an amount"),
        ("[5.00 EUR]", "[5.00 EUR, 6.00 EUR]", "EUR stands here twice"),
        ("percent: 9", "percent: nine", "'nine' is not a percentage"),
        ("within: 4h", "within: 4 hours", "'4 hours' is not working time"),
        ("0 8 * * mon-fri", "0 8 30 2 *", "never fires"), ("0 8 * * mon-fri", "0 8 * *", "five fields"),
        ("calendar: de, on_holiday: next", "calendar: dx, on_holiday: next", "there is no calendar 'dx'"),
        ("on_holiday: next", "on_holiday: nxt", "schedules.late.on_holiday: 'nxt' is unknown → did you mean 'next'?"),
        (", on_holiday: next", "", "schedules.late: 'on_holiday' is missing"),
        ("calendar: de, on_holiday", "on_holiday", "nothing says which days are free"),
        (
            "0 9 1 * *\", zone: UTC, calendar: de, on_holiday: next",
            "0 9 * * sat\", zone: UTC, calendar: de, on_holiday: skip", "never fires"
        ),
        ("last:2", "last:0", "'last:0' is not one of skip, once, all"),
        ("maximum_lateness: 2d", "maximum_lateness: 2", "'2' is not a time such as 30m"),
        ("dst_gap: skip", "dst_gap: jump", "'jump' is unknown"),
        ("dun-invoices", "dun-invoice", "did you mean 'dun-invoices'?"),
        ("UTC, team: office", "UTC, team: sales", "'sales' is a sales team"),
        ("company: Small", "company:", "'company' is missing"), ("  jan: {", "  eva: {", "stands twice: eva"),
        ("  jan: {", "  Jan: {", "'Jan' is not a code"), ("company: Small", "company: [", "this is no YAML"),
        ("[{ name: all, team: sales }]", "[{ name: a, team: sales }, { name: b, team: sales }]", "no lead gets here"),
        ("{ after_days: 5 }", "{ after_days: -5 }", "'-5' is not a whole number"),
        ("interest: { percent: 9 }, levels: [{ after", "levels: [{ charges_interest: true, after", "none is defined"),
    ])
    func `a mistake is told with its place and how to mend it`(old: String, new: String, wanted: String) throws {
        let problems = try Self.problems(old, new)
        #expect(problems.contains { $0.contains(wanted) }, "\(problems)")
    }

    @Test(arguments: [
        "09:00-17:30", "00:00-24:00", "23:59-24:00", "9:00-17:00", "17:00-09:00", "09:00-09:00", "09:00-24:01",
        "09:60-10:00",
        "+9:00-10:00", "09:00-", "09:00", "", "09:00-12:00-13:00",
    ])
    func `hours are written for the engine as they are for a team`(text: String) {
        let engine = Result { try OpenHours(zone: "UTC", hours: ["mon": [text]]) }
        #expect((WeeklyHours.Shift(text) != nil) == ((try? engine.get()) != nil))
    }

    @Test func `all that a level says is kept, written and read again`() throws {
        let level =
            "after_days: 9, skippable: true, minimums: [10.00 EUR], minimum_percent: 5, repeat_every: 30, channels: [letter, call]"
        let text = Self.small.replacing("standard: simple", with: "standard: simple\n  groups: { vip: simple }")
            .replacing("after_days: 9", with: level)
        let company = try CompanyFile.read([("f.yaml", text)])
        var expected = DunningLevel(afterDays: 9)
        expected.fees = [NoticeFee(Money(minor: 500, currency: Currency("EUR")!), source: "AGB 8")]
        expected.isSkippable = true
        expected.minimums = [Money(minor: 1000, currency: Currency("EUR")!)]
        expected.minimumPercent = 5
        expected.repeatEvery = 30
        expected.channels = [.letter, .call]
        #expect(company.dunning.procedures[0].levels[1] == expected)
        #expect(company.dunning.groups == ["vip": "simple"])
        #expect(try CompanyFile.read([("g.yaml", CompanyText.yaml(of: company))]) == company)
    }

    @Test func `all mistakes are told at once`() throws {
        #expect(try Self.problems("e", "ee").count > 5)
    }

    @Test func `several files are read as one, and describe nothing twice`() throws {
        let parts = Self.small.components(separatedBy: "creditors:")
        let company = try CompanyFile.read([("a", parts[0]), ("b", "creditors:" + parts[1])])
        #expect(try company == CompanyFile.read([("f", Self.small)]))
        let problems = try #require(throws: Problems.self) {
            try CompanyFile.read([("a", Self.small), ("b", parts[0])])
        }
        #expect(problems.all.allSatisfy { $0.what.contains("described a second time; the first is at a:") })
        #expect(problems.all.count == 6)
    }

    @Test func `a file may refer to what is known from elsewhere`() throws {
        let text = "company: More\nassignment: { rules: [{ name: all, team: field }] }"
        #expect(throws: Problems.self) { try CompanyFile.read([("f", text)]) }
        #expect(try CompanyFile.read([("f", text)], known: .init(teams: ["field": .sales])).assignment.rules.count == 1)
    }

    @Test(arguments: ["company", "small"])
    func `an example is right, and what is exported of it says the same`(name: String) throws {
        let company = try Example.company(name)
        let exported = try CompanyText.yaml(of: company)
        #expect(try CompanyFile.read([("export", exported)]) == company)
        #expect(ConfigurationChange.between(company, company).isEmpty)
    }

    @Test func `the difference between two versions is told in the file's words`() throws {
        let old = try CompanyFile.read([("f", Self.small)])
        var new = old
        new.teams[1].seats[1].weight = 3
        new.members.removeAll { $0.code == "eva" }
        new.calendars.append(CalendarPlan(code: "us"))
        new.followUps.append(FollowUpRule(name: "idle", subject: .opportunity, within: .days(2)))
        new.followUps.swapAt(0, 1)
        new.dunning.procedures[0].levels[1].payWithin = 9
        #expect(
            ConfigurationChange.between(old, new).map(\.description) == [
                "+ calendars.us: weekend [sat, sun], holidays 0, workdays 0", "- members.eva: Eva",
                "~ teams.sales.seats.jan.weight: 1 → 3", "+ follow_ups.idle: idle",
                "~ dunning.procedures.simple.levels[2].pay_within: 7 → 9",
            ])
        var swapped = new
        swapped.followUps.swapAt(0, 1)
        #expect(
            ConfigurationChange.between(new, swapped).map(\.description) == [
                "~ follow_ups (order): idle, first → first, idle"
            ])
    }
}

/// The examples that ship in `config/`.
enum Example {
    static func company(_ name: String) throws -> Company {
        let root = URL(filePath: #filePath).appending(path: "../../../../config/\(name).yaml").standardized
        return try CompanyFile.read([(name, String(contentsOf: root, encoding: .utf8))])
    }
}
