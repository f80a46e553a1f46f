/// Which level each item of an account comes to.
extension DunningRules {
    /// An item that may stand on a notice.
    struct Candidate {
        var item: OpenItem
        var procedure: DunningProcedure
        var daysOverdue: Int
        /// What is asked for of it, in minor units.
        var claimMinor: Int
        /// The level that it has after a notice of this day.
        var level: Int
        /// Why it does not rise, if it does not.
        var stays: DunningReason = .levelUnchanged
        /// There is what the level that it has asks for, so that a notice of it may be said again.
        var hasMinimum = true

        var rises: Bool { level > item.level }

        /// The notice about it is to be said again though its level is the same. Where nobody knows when it was said last, as with
        /// a level that came from another ledger, that was when the level was due.
        func isRepeated(on day: CalendarDate) -> Bool {
            guard !rises, hasMinimum, [.levelUnchanged, .belowMinimum].contains(stays), level > 0,
                let days = procedure.at(level).repeatEvery
            else { return false }
            let since = item.lastNoticeOn.map { day.days(since: $0) } ?? daysOverdue - procedure.at(level).afterDays
            return since >= days
        }

        /// Why it is on no notice: what stands in the way of the account's, or that it has no level.
        func reason(given obstacle: DunningReason?) -> DunningReason? {
            guard let obstacle else { return level == 0 ? stays : nil }
            return obstacle == .levelUnchanged || obstacle == .creditCovers && level == 0 ? stays : obstacle
        }
    }

    /// The items of the notice that a day brings, in order of their due dates; empty when it brings none.
    struct Weighing {
        var eligible: [Candidate] = []
        var skipped: [Skipped] = []
    }

    func weigh(_ account: DebtorAccount, on day: CalendarDate) -> Weighing {
        var weighing = assessed(account, on: day)
        applyMinimums(to: &weighing, of: account, on: day)
        let obstacle = obstacle(to: weighing.eligible, of: account, on: day)
        weighing.eligible.removeAll { candidate in
            guard let reason = candidate.reason(given: obstacle) else { return false }
            weighing.skipped.append(Skipped(item: candidate.item, reason: reason))
            return true
        }
        return weighing
    }

    /// Each item by itself, and by the interval since the account's last notice.
    private func assessed(_ account: DebtorAccount, on day: CalendarDate) -> Weighing {
        var weighing = Weighing()
        for item in account.items.sorted(by: { ($0.dueOn, $0.number, $0.id) < ($1.dueOn, $1.number, $1.id) }) {
            switch assess(item, in: account, on: day) {
            case .success(let candidate): weighing.eligible.append(candidate)
            case .failure(let reason): weighing.skipped.append(Skipped(item: item, reason: reason))
            }
        }
        if let last = account.lastNoticeOn { applyInterval(to: &weighing, since: last, on: day) }
        return weighing
    }

    private func assess(
        _ item: OpenItem, in account: DebtorAccount, on day: CalendarDate
    ) -> Result<Candidate, DunningReason> {
        let days = day.days(since: item.dueOn(by: calendar))
        if item.openMinor <= 0 { return .failure(.paid) }
        if days <= 0 { return .failure(.notDue) }
        guard let procedure = procedure(of: item, in: account) else { return .failure(.noProcedure) }
        if days <= procedure.graceDays { return .failure(.withinGrace) }
        let obstaclesOn = account.obstaclesOn ?? day
        if account.holds.contains(where: { $0.holds(on: obstaclesOn) }) || item.isHeld(on: obstaclesOn) {
            return .failure(.onHold)
        }
        do throws(DunningReason) {
            let claim = try item.claim(on: obstaclesOn)
            let level = procedure.rise(from: item.level, afterDays: days)
            if level == 0 { return .failure(.belowFirstLevel) }
            return .success(
                Candidate(item: item, procedure: procedure, daysOverdue: days, claimMinor: claim, level: level))
        } catch {
            return .failure(error)
        }
    }

    /// A level needs its minimum amount and its minimum part of the account, or else its items are one level down, where
    /// that level's minimums are asked for.
    ///
    /// The items of a level and of those above it count together, whatever these come down to, so that less money never
    /// lifts an item.
    private func applyMinimums(to weighing: inout Weighing, of account: DebtorAccount, on day: CalendarDate) {
        guard weighing.eligible.contains(where: { $0.procedure.hasMinimums }) else { return }
        let targets = weighing.eligible
        for index in targets.indices {
            while weighing.eligible[index].rises {
                guard
                    let there = Self.shortfall(
                        targets[index], at: weighing.eligible[index].level, among: targets, in: account)
                else {
                    weighing.eligible[index].level = targets[index].item.level
                    weighing.eligible[index].stays = .noCurrencyMinimum
                    break
                }
                if Self.reaches(there) { break }
                weighing.eligible[index].level -= 1
                weighing.eligible[index].stays = .belowMinimum
            }
            // The level that it has is said again only with what that level needs.
            guard weighing.eligible[index].isRepeated(on: day) else { continue }
            let level = weighing.eligible[index].level
            if let there = Self.shortfall(targets[index], at: level, among: targets, in: account) {
                guard !Self.reaches(there) else { continue }
                weighing.eligible[index].stays = .belowMinimum
            } else {
                weighing.eligible[index].stays = .noCurrencyMinimum
            }
            weighing.eligible[index].hasMinimum = false
        }
    }

    /// Nil when the level has minimums, but none in the account's currency.
    private static func shortfall(
        _ candidate: Candidate, at level: Int, among targets: [Candidate], in account: DebtorAccount
    ) -> Shortfall? {
        let rules = candidate.procedure.at(level)
        return amount(rules.minimums, in: account.currency).map { minimum in
            Shortfall(
                level: level, minor: sum(of: targets, from: level, by: candidate.procedure), minimumMinor: minimum,
                minimumPercent: rules.minimumPercent, baseMinor: account.percentBaseMinor)
        }
    }

    /// What a level asks for, and what there is of it.
    package struct Shortfall: Sendable, Hashable {
        package var level: Int
        /// What the invoices of the level and above come to, and what they have to.
        package var minor, minimumMinor: Int
        /// What part of the account they have to be, and what all of it is.
        package var minimumPercent, baseMinor: Int
    }

    /// What an item lacks for the level to which it would rise, or at which it would be said again; nil when that is not what stands
    /// in its way.
    package func shortfall(of invoice: Int, in account: DebtorAccount, on day: CalendarDate) -> Shortfall? {
        let candidates = assessed(account, on: day).eligible
        guard let candidate = candidates.first(where: { $0.item.id == invoice }),
            candidate.rises || candidate.isRepeated(on: day),
            let shortfall = Self.shortfall(candidate, at: candidate.level, among: candidates, in: account)
        else { return nil }
        return Self.reaches(shortfall) ? nil : shortfall
    }

    private static func reaches(_ there: Shortfall) -> Bool {
        there.minor >= there.minimumMinor
            && Int128(there.minor) * 100 >= Int128(there.baseMinor) * Int128(there.minimumPercent)
    }

    private static func sum(of candidates: [Candidate], from level: Int, by procedure: DunningProcedure) -> Int {
        candidates.reduce(0) {
            $1.procedure.name == procedure.name && $1.level >= level ? $0 + $1.claimMinor : $0
        }
    }

    /// Nothing rises before the interval since the account's last notice is over, but what a broken promise is about.
    private func applyInterval(to weighing: inout Weighing, since last: CalendarDate, on day: CalendarDate) {
        for index in weighing.eligible.indices {
            let candidate = weighing.eligible[index]
            guard day.days(since: last) < candidate.procedure.minimumInterval,
                !candidate.item.isIntervalWaived(on: day, lastNoticeOn: last)
            else { continue }
            weighing.eligible[index].level = candidate.item.level
            weighing.eligible[index].stays = .intervalNotOver
        }
    }

    private func obstacle(
        to eligible: [Candidate], of account: DebtorAccount, on day: CalendarDate
    ) -> DunningReason? {
        if let blockedBy = account.blockedBy { return blockedBy }
        if !eligible.contains(where: { $0.rises || $0.isRepeated(on: day) }) { return .levelUnchanged }
        let asked = eligible.reduce(0) { $1.level > 0 ? $0 + $1.claimMinor : $0 }
        return account.creditMinor >= asked ? .creditCovers : nil
    }

    /// The first day after `day`, within two years, on which a notice asks for the item, if nothing is paid but by drafts and nothing
    /// is sent before; nil when there is none.
    package func next(
        of invoice: Int, in account: DebtorAccount, after day: CalendarDate
    ) -> (level: Int, on: CalendarDate)? {
        var account = account
        account.blockedBy = nil
        for later in (1...730).lazy.map({ day.adding(days: $0) }) {
            for index in account.items.indices { account.items[index].payDrafts(maturedBy: later) }
            // What another invoice brings asks for this one too.
            let eligible = weigh(account, on: later).eligible
            guard eligible.contains(where: { $0.rises || $0.isRepeated(on: later) }) else { continue }
            if let found = eligible.first(where: { $0.item.id == invoice }) { return (found.level, later) }
        }
        return nil
    }
}

extension DunningProcedure {
    /// The highest level that an invoice overdue by so many days may have; 0 is none.
    package func level(afterDays days: Int) -> Int { levels.count { $0.afterDays <= days } }

    /// What a level says; levels above the last one (known from elsewhere) are as the last one.
    package func at(_ level: Int) -> DunningLevel { levels[min(level, levels.count) - 1] }

    /// At most one level above the one reached, but over those that may be skipped.
    func rise(from reached: Int, afterDays days: Int) -> Int {
        let highest = level(afterDays: days)
        guard highest > reached else { return reached }
        var level = reached + 1
        while level < highest, levels[level - 1].isSkippable { level += 1 }
        return level
    }

    var hasMinimums: Bool { levels.contains { !$0.minimums.isEmpty || $0.minimumPercent > 0 } }
}
