package import Domain
package import Foundation
package import Postgres
import Store

package enum ExplainInvoice {
    /// - Parameters:
    ///   - known: only what was recorded by then; nil is all
    ///   - now: the instant that says which days are over
    /// - Throws: a `Problem` when there is no such invoice, or no configuration.
    package static func explain(
        _ number: String, asOf: AsOf, knownAt known: Date? = nil, now: Date, in db: isolated Connection
    ) throws -> InvoiceExplanation {
        let row = try find(number, knownAt: known, in: db)
        if let known, row.recordedAt > known {
            throw Problem(
                .refused, "not_known_then",
                "'\(number)' was not known at \(known.formatted(.iso8601)): "
                    + "it was recorded at \(row.recordedAt.formatted(.iso8601))", place: "--known-at")
        }
        let current =
            try known.map { try ConfigurationStore.company(at: $0, in: db) }
            ?? (try ConfigurationStore.current(in: db)?.company)
        guard let company = current else {
            throw Problem(.refused, "no_configuration", "the company is not described yet", advice: "ltc apply FILE")
        }
        let currency = try Currency(stored: row.currency)
        let day = asOf.day(in: row.zone)
        let isPast = day < AsOf.instant(known ?? now).day(in: row.zone)
        let through = isPast ? day : nil
        let rates = try RateStore.table(knownAt: known, in: db)
        var rules = try DunningRules(company, team: row.team, rates: rates)
        let account = try DunningAccount.load(
            DunningAccount.Key(row, currency), on: day, isPast: isPast, including: row.id, by: rules.policy,
            knownAt: known,
            in: db)
        let item = account.items.first { $0.id == row.id }
        let charge = account.charges.first { $0.item.id == row.id }?.item
        func money(_ minor: Int) -> Money { Money(minor: minor, currency: currency) }
        func decide(_ problem: Problem?) throws -> InvoiceExplanation.Decision {
            Self.decision(
                about: item, isCharge: row.notice != nil, isDunned: row.kind != "credit-note",
                isIssued: row.issuedOn <= day,
                owed: try item.flatMap { try rules.interest(on: $0, in: account, through: day) },
                try rules.decide(account, on: day), problem, currency)
        }
        let decision: InvoiceExplanation.Decision
        do {
            decision = try decide(nil)
        } catch let problem as Problem where problem.kind == .refused {
            rules = try DunningRules(company.withoutInterest, team: row.team, rates: rates)
            decision = try decide(problem)
        }
        return InvoiceExplanation(
            invoice: row.number, kind: row.kind, creditor: row.creditor, customer: row.customer,
            customerName: row.customerName, team: row.team, contract: row.contract, issuedOn: row.issuedOn,
            dueOn: row.dueOn, countsFrom: item.map(rules.dueOn).flatMap { $0 == row.dueOn ? nil : $0 },
            amount: money(row.amountMinor),
            open: money((item ?? charge)?.openMinor ?? (row.kind == "credit-note" ? row.openMinor : 0)),
            credit: money(account.creditMinor), level: item?.level ?? row.dunningLevel,
            lastNoticeOn: item.map(\.lastNoticeOn) ?? row.lastNoticeOn, day: day,
            daysOverdue: day.days(since: item.map(rules.dueOn) ?? row.dueOn),
            procedure: item.flatMap { item in
                rules.procedure(of: item, in: account).map { described($0, from: rules.dueOn(of: item), currency) }
            },
            missingProcedure: item.flatMap { item in
                rules.procedure(of: item, in: account) == nil ? rules.nameOfProcedure(of: item, in: account) : nil
            },
            decision: decision,
            obstacles: described(account.holds, (item ?? charge)?.obstacles ?? [], currency, on: day),
            shortfall: item == nil
                ? nil
                : rules.shortfall(of: row.id, in: account, on: day).map {
                    .init(
                        level: $0.level, amount: money($0.minor), minimum: money($0.minimumMinor),
                        minimumPercent: $0.minimumPercent, account: money($0.baseMinor))
                },
            waiting: try DunningAccount.waiting(
                creditor: row.creditorId, customer: row.customerId, currency: row.currency, knownAt: known, in: db),
            next: item == nil || decision.level != nil || decision.reason.map(Self.isForGood) == true
                ? nil : rules.next(of: row.id, in: account, after: day).map { .init(level: $0.level, on: $0.on) },
            notices: try notices(of: row.id, through: through, knownAt: known, currency, in: db),
            payments: try db.run(InvoicesSQL.ClosingsOf(invoice: row.id, through: through, known: known)).map {
                .init(
                    reference: $0.receipt, counterpart: $0.counterpart, effectiveOn: $0.effectiveOn,
                    paidOn: $0.paidOn, amount: money($0.amountMinor), reason: $0.reason)
            },
            drafts: try db.run(InvoicesSQL.CoversOfInvoice(invoice: row.id, day: day, known: known)).map {
                .init(
                    reference: $0.reference, maturesOn: $0.maturesOn, amount: money($0.amountMinor),
                    state: $0.isReversed ? "reversed" : $0.hasPaid ? "paid" : "held")
            },
            writeOffs: try WriteOffDesk.of(row.id, currency, knownAt: known, in: db),
            charges: try PostedCharge.load(
                invoice: row.id, through: through, knownAt: known, in: currency, db), notice: row.notice,
            chargedFor: row.chargedFor)
    }

    /// Only another configuration lets it be dunned.
    private static func isForGood(_ reason: DunningReason) -> Bool {
        [.noProcedure, .noCurrencyFee, .noCurrencyMinimum].contains(reason)
    }

    private static func described(
        _ procedure: DunningProcedure, from due: CalendarDate, _ currency: Currency
    ) -> InvoiceExplanation.Procedure {
        .init(
            name: procedure.name, graceDays: procedure.graceDays, minimumInterval: procedure.minimumInterval,
            levels: procedure.levels.enumerated().map { index, level in
                .init(
                    level: index + 1, afterDays: level.afterDays, on: due.adding(days: level.afterDays),
                    minimum: level.minimums.first { $0.currency == currency }, minimumPercent: level.minimumPercent,
                    repeatEvery: level.repeatEvery, channels: level.channels)
            })
    }

    private static func described(
        _ holds: [DunningHold], _ obstacles: [DunningObstacle], _ currency: Currency, on day: CalendarDate
    ) -> [InvoiceExplanation.Obstacle] {
        (holds.map { .hold($0) } + obstacles).map { obstacle in
            switch obstacle {
            case .hold(let hold):
                .init(
                    kind: "hold", amount: nil, promisedFor: nil, until: hold.until,
                    state: hold.holds(on: day) ? "on" : "over")
            case .dispute(let minor, let until):
                .init(
                    kind: "dispute", amount: Money(minor: minor, currency: currency), promisedFor: nil, until: until,
                    state: day <= until ? "on" : "over")
            case .promise(let promise):
                .init(
                    kind: "promise", amount: Money(minor: promise.minor, currency: currency), promisedFor: promise.on,
                    until: promise.deadline,
                    state: promise.word(on: day))
            case .draft(let minor, let until):
                .init(
                    kind: "draft", amount: Money(minor: minor, currency: currency), promisedFor: nil, until: until,
                    state: day <= until ? "on" : "over")
            }
        }
    }

    private static func find(
        _ number: String, knownAt known: Date?, in db: isolated Connection
    ) throws -> InvoicesSQL.ShowInvoice.Row {
        let row = try InvoiceName.only(
            number, rows: { try db.run(InvoicesSQL.ShowInvoice(number: $0, source: $1, known: known)) },
            source: \.source)
        guard let row else {
            let parts = try db.run(InvoicesSQL.InstalmentsOf(number: number)).map(\.number)
            throw parts.isEmpty
                ? Problem(.refused, "no_such_invoice", "there is no invoice '\(number)'", advice: "ltc invoice list")
                : Problem(
                    .refused, "instalments", "'\(number)' is an invoice in instalments",
                    advice: "ask for one of \(parts.joined(separator: ", "))")
        }
        return row
    }

    private static func decision(
        about item: OpenItem?, isCharge: Bool, isDunned: Bool, isIssued: Bool, owed: InterestComputation?,
        _ verdict: DunningRules.Verdict, _ problem: Problem?, _ currency: Currency
    ) -> InvoiceExplanation.Decision {
        let noticed = verdict.notice?.items.first { $0.item.id == item?.id }
        let reason = verdict.skipped.first { $0.item.id == item?.id }?.reason
        let interest = InterestToPost(
            cumulativeMinor: (noticed?.interest ?? owed)?.minor ?? 0, postedMinor: item?.postedMinor ?? 0)
        func money(_ minor: Int) -> Money { Money(minor: minor, currency: currency) }
        return .init(
            level: noticed?.level,
            reason: !isDunned ? nil : isIssued ? item == nil && !isCharge ? .paid : reason : .notDue,
            interest: noticed?.interest,
            interestPosted: money(item?.postedMinor ?? 0),
            interestToPost: money(noticed?.interest == nil ? 0 : interest.minor),
            interestExcess: money(problem == nil ? interest.excessMinor : 0),
            compensation: money(noticed?.compensationMinor ?? 0),
            problem: problem.map { "\($0)" })
    }

    private static func notices(
        of invoice: Int, through: CalendarDate?, knownAt known: Date?, _ currency: Currency, in db: isolated Connection
    ) throws -> [InvoiceExplanation.Notice] {
        try db.run(InvoicesSQL.NoticesOf(invoice: invoice, through: through, known: known)).map {
            .init(
                notice: $0.id, number: $0.number, runDate: $0.runDate, state: $0.state, reason: $0.reason,
                daysOverdue: $0.daysOverdue, open: Money(minor: $0.openMinor, currency: currency),
                levelBefore: $0.levelBefore, level: $0.level,
                interest: try InterestComputation(stored: $0.computation),
                interestAsked: Money(minor: $0.interestMinor, currency: currency),
                compensation: Money(minor: $0.compensationMinor, currency: currency), run: $0.run,
                configurationVersion: $0.configurationVersion)
        }
    }
}

extension Company {
    /// The levels of its procedures alone.
    fileprivate var withoutInterest: Company {
        var company = self
        for index in company.dunning.procedures.indices {
            company.dunning.procedures[index].interest = nil
            company.dunning.procedures[index].compensation = nil
        }
        return company
    }
}

extension AsOf {
    /// The business day in a zone; a zone that this machine lacks counts as GMT.
    package func day(in zone: String) -> CalendarDate {
        let clock = WorkingClock(
            zone: TimeZone(identifier: zone) ?? .gmt, hours: .officeHours, calendar: BusinessCalendar(nil))
        return clock.date(of: instant(on: clock))
    }
}
