/// Days in a row with one principal and one rate.
struct Stretch {
    var from: CalendarDate
    var through: CalendarDate
    var openMinor: Int
    var rate: AppliedRate
}

extension InterestRule {
    /// Cuts a claim where its principal or its rate changes; empty when nothing is late.
    func stretches(of claim: InterestClaim) throws(Problem) -> [Stretch] {
        var stretches: [Stretch] = []
        for part in try parts(of: claim) {
            for next in try rated(part, from: claim.dueOn.adding(days: 1)) {
                // A rate that is published again unchanged is the same.
                if let last = stretches.last, last.rate.percent == next.rate.percent, last.openMinor == next.openMinor,
                    last.through.adding(days: 1) == next.from
                {
                    stretches[stretches.count - 1].through = next.through
                } else {
                    stretches.append(next)
                }
            }
        }
        return stretches
    }

    private struct Part {
        var from: CalendarDate
        var through: CalendarDate
        var minor: Int
    }

    /// The principal over time: what is open from payment to payment. Under the rates of payment dates, each payment by
    /// itself from the day after due, and what is left.
    private func parts(of claim: InterestClaim) throws(Problem) -> [Part] {
        try check(claim)
        let first = claim.dueOn.adding(days: 1)
        let parts =
            terms.basis.isOfPaymentDate ? partsByPayment(of: claim, from: first) : partsByDay(of: claim, from: first)
        return parts.filter { $0.minor > 0 && $0.from <= $0.through }
    }

    /// A payment lowers the principal from the next day, a raise from its own.
    private func partsByDay(of claim: InterestClaim, from first: CalendarDate) -> [Part] {
        let changes =
            (claim.payments.map { (from: $0.on.adding(days: 1), minor: -$0.minor) }
            + claim.raises.map { (from: $0.on, minor: $0.minor) }).sorted { $0.from < $1.from }
        var left = claim.raises.reduce(claim.principalMinor) { $0 - $1.minor }
        var from = first
        var parts: [Part] = []
        for change in changes where change.from <= claim.through {
            if change.from > from {
                parts.append(Part(from: from, through: change.from.adding(days: -1), minor: left))
                from = change.from
            }
            left += change.minor
        }
        return parts + [Part(from: from, through: claim.through, minor: left)]
    }

    /// The oldest part of the principal is paid first.
    private func partsByPayment(of claim: InterestClaim, from first: CalendarDate) -> [Part] {
        let raised = claim.raises.sorted { $0.on < $1.on }
        var open = [
            Part(from: first, through: claim.through, minor: raised.reduce(claim.principalMinor) { $0 - $1.minor })
        ]
        open += raised.map { Part(from: max(first, $0.on), through: claim.through, minor: $0.minor) }
        var parts: [Part] = []
        for payment in claim.payments.sorted(by: { $0.on < $1.on }) where payment.on <= claim.through {
            var left = payment.minor
            for index in open.indices where left > 0 {
                let minor = min(left, open[index].minor)
                parts.append(Part(from: open[index].from, through: payment.on, minor: minor))
                open[index].minor -= minor
                left -= minor
            }
        }
        return parts + open
    }

    private func check(_ claim: InterestClaim) throws(Problem) {
        var left = claim.principalMinor
        guard left >= 0, claim.payments.allSatisfy({ $0.minor >= 0 }) else {
            throw Problem(
                .refused, "negative_principal", "interest runs on no negative amount",
                advice: "leave out credit notes and reversed payments")
        }
        for payment in claim.payments {
            guard payment.minor <= left else {
                throw Problem(
                    .refused, "paid_more_than_owed",
                    "the payments are more than the principal of \(claim.principalMinor) minor units",
                    advice: "count what was allocated to this debt alone")
            }
            left -= payment.minor
        }
    }

    /// Cuts a part where its rate changes.
    private func rated(_ part: Part, from first: CalendarDate) throws(Problem) -> [Stretch] {
        func stretch(_ from: CalendarDate, _ through: CalendarDate, _ rate: AppliedRate) -> Stretch {
            Stretch(from: from, through: through, openMinor: part.minor, rate: rate)
        }
        switch terms.basis {
        case .agreed(let percent):
            return [stretch(part.from, part.through, AppliedRate(percent: percent))]
        case .reference(let code, let margin, .frozen, let fixing):
            let rate = try rates.rate(code, on: fixing.fixingDay(of: first))
            return [stretch(part.from, part.through, AppliedRate(rate, plus: margin))]
        case .reference(let code, let margin, .paymentDate, let fixing):
            let rate = try rates.rate(code, on: fixing.fixingDay(of: part.through))
            return [stretch(part.from, part.through, AppliedRate(rate, plus: margin))]
        case .reference(let code, let margin, .split, let fixing):
            var stretches: [Stretch] = []
            var from = part.from
            while from <= part.through {
                let day = fixing.fixingDay(of: from)
                let rate = try rates.rate(code, on: day, through: fixing.fixingDay(of: part.through))
                let next = fixing.nextFixing(after: from) ?? rates.nextStep(of: code, after: day)
                let through = next.map { min(part.through, $0.adding(days: -1)) } ?? part.through
                stretches.append(stretch(from, through, AppliedRate(rate, plus: margin)))
                from = through.adding(days: 1)
            }
            return stretches
        }
    }
}

extension AppliedRate {
    /// Never below zero: no one is paid for being late.
    fileprivate init(_ reference: ReferenceRate, plus margin: Percent) {
        self.init(percent: max(.zero, reference.percent + margin), reference: reference, margin: margin)
    }
}
