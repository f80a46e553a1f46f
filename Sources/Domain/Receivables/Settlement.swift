/// What closed a part of an item: a payment, a credit note, a write-off; below zero what took it back.
package struct Settlement: Sendable, Hashable {
    /// The receipt or the credit note, or why it was closed without either: what is taken back is one of the same source.
    package var source: String
    package var on: CalendarDate
    /// In minor units.
    package var minor: Int

    package init(source: String, on day: CalendarDate, minor: Int) {
        self.source = source
        self.on = day
        self.minor = minor
    }
}

extension InterestClaim.Payment {
    /// The settlements that count, each with its own day: what was taken back, the latest of its source first, paid nothing.
    package static func standing(_ settlements: [Settlement]) -> [Self] {
        var standing: [Settlement] = []
        for settlement in settlements {
            guard settlement.minor < 0 else {
                standing.append(settlement)
                continue
            }
            var back = -settlement.minor
            for index in standing.indices.reversed() where standing[index].source == settlement.source && back > 0 {
                let part = min(back, standing[index].minor)
                standing[index].minor -= part
                back -= part
            }
        }
        return standing.filter { $0.minor > 0 }.map { Self(on: $0.on, minor: $0.minor) }
    }
}

extension OpenItem {
    /// The debt of which interest is asked for through a day, on what is asked for (``claim(on:)``) and on what was paid of it.
    func interestClaim(
        asked claimMinor: Int, in currency: Currency, by calendar: BusinessCalendar, through day: CalendarDate
    ) -> InterestClaim {
        let payments = settlements.isEmpty ? [] : InterestClaim.Payment.standing(settlements)
        var claim = InterestClaim(
            currency: currency, dueOn: dueOn(by: calendar),
            principalMinor: payments.reduce(claimMinor) { $0 + $1.minor },
            payments: payments, through: day, agreedOn: contractOn ?? issuedOn)
        guard !corrections.isEmpty else { return claim }
        // What is not asked for is of the latest.
        var left = claim.principalMinor
        claim.raises = InterestClaim.Payment.standing(corrections).map { raise in
            let minor = min(left, raise.minor)
            left -= minor
            return InterestClaim.Payment(on: raise.on, minor: minor)
        }
        return claim
    }
}

extension InterestClaim {
    /// What was open when it became late.
    var lateMinor: Int {
        let invoiced = raises.reduce(principalMinor) { $1.on > dueOn ? $0 - $1.minor : $0 }
        return payments.reduce(invoiced) { $1.on <= dueOn ? $0 - $1.minor : $0 }
    }
}
