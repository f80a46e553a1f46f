import Domain
import Jobs

extension CompanyFile {
    mutating func readSchedule(_ name: String, _ entry: Entry) {
        let fields = entry.fields(
            "automation", "cron", "zone", "team", "calendar", "on_holiday", "misfire", "maximum_lateness", "dst_gap",
            "dst_overlap")
        let automation = fields.required("automation")?.name(of: AutomationName.self)
        var plan = SchedulePlan(
            name: name, automation: automation ?? .assignLeads, cron: fields.required("cron").flatMap(cron) ?? "",
            zone: fields.required("zone")?.zone() ?? "UTC")
        plan.team = fields["team"].flatMap { reading.refer(to: .team, $0, teamKinds: automation?.teamKinds ?? []) }
        plan.calendar = calendar(fields, of: name)
        plan.misfire = fields["misfire"]?.value("one of skip, once, all, or last:3 for the last three") { text in
            MisfirePolicy(text).map { _ in text }
        }
        plan.maximumLateness = fields["maximum_lateness"]?.value("a time such as 30m, 4h or 2d", seconds)
        plan.dstGap = fields["dst_gap"]?.name(of: DSTGap.self)
        plan.dstOverlap = fields["dst_overlap"]?.name(of: DSTOverlap.self)
        company.schedules.append(plan)
    }

    private mutating func calendar(_ fields: Fields, of schedule: String) -> ScheduleCalendar? {
        guard let entry = fields["calendar"] else {
            fields["on_holiday"]?.refuse(
                "nothing says which days are free", advice: "add 'calendar: …', or take 'on_holiday' out")
            return nil
        }
        scheduleEntries.append((schedule, entry))
        guard let code = reading.refer(to: .calendar, entry),
            let onHoliday = fields.required("on_holiday")?.name(of: ScheduleCalendar.OnHoliday.self)
        else { return nil }
        return ScheduleCalendar(code: code, onHoliday: onHoliday)
    }

    private func cron(_ entry: Entry) -> String? {
        guard let text = entry.text() else { return nil }
        do throws(CronError) {
            _ = try CronExpression(text)
            return text
        } catch {
            entry.refuse(
                "'\(text)': \(error)",
                advice: "write minute, hour, day of month, month, weekday, such as '0 8 * * mon-fri'")
            return nil
        }
    }

    /// `30m`, `4h` or `2d`, as time passes.
    private func seconds(_ text: String) -> Int? {
        let units = ["m": 60, "h": 3_600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[String($0)] }), let count = Int(text.dropLast()),
            text.dropLast().utf8.allSatisfy({ (48...57).contains($0) }), (1...100_000).contains(count)
        else { return nil }
        return count * unit
    }
}
