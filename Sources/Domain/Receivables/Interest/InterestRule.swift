/// A debt of which interest is computed.
package struct InterestClaim: Sendable, Hashable {
    package struct Payment: Sendable, Hashable {
        /// The day of payment; interest on it still runs on this day.
        package var on: CalendarDate
        package var minor: Int

        package init(on day: CalendarDate, minor: Int) {
            self.on = day
            self.minor = minor
        }
    }

    package var currency: Currency
    package var dueOn: CalendarDate
    /// The principal before the payments, in minor units; no interest and no fees in it.
    package var principalMinor: Int
    /// Receipts, credit notes and write-offs that count, in any order. One that was reversed paid nothing and is not
    /// among them.
    package var payments: [Payment]
    /// What of the principal was invoiced only later, each with the first day on which it was owed.
    package var raises: [Payment] = []
    /// The last day counted: the day of payment or of the run. Payments after it are not known yet.
    package var through: CalendarDate
    /// When the rate was agreed: the day of the contract, or that of the invoice when there is none.
    package var agreedOn: CalendarDate

    package init(
        currency: Currency, dueOn: CalendarDate, principalMinor: Int, payments: [Payment] = [], through: CalendarDate,
        agreedOn: CalendarDate
    ) {
        self.currency = currency
        self.dueOn = dueOn
        self.principalMinor = principalMinor
        self.payments = payments
        self.through = through
        self.agreedOn = agreedOn
    }
}

/// Terms of interest with the rates that they need.
package struct InterestRule: Sendable {
    package let terms: InterestTerms
    let rates: RateTable

    /// Refuses a daily rate of a year without a fixed length, and an agreed rate below zero.
    package init(_ terms: InterestTerms, rates: RateTable) throws(Problem) {
        if terms.rounding == .dailyRate, !terms.dayCount.hasDailyRate {
            throw Problem(
                .refused, "no_daily_rate", "\(terms.dayCount) has no daily rate to round: its years differ in length",
                advice: "round once, or count the days by act/365")
        }
        if case .agreed(let percent) = terms.basis, percent < .zero {
            throw Problem(
                .refused, "negative_rate", "\(percent) % is below zero", advice: "write the percentage without a sign")
        }
        self.terms = terms
        self.rates = rates
    }

    /// The interest on a claim, with every step to it.
    ///
    /// - Throws: a gap in the rate table, an agreed rate below its floor, payments above the principal, an amount too
    ///   large to compute.
    package func interest(on claim: InterestClaim) throws(Problem) -> InterestComputation {
        let from = claim.dueOn.adding(days: 1)
        let parts = try segments(of: claim)
        let total = try sum(parts)
        return InterestComputation(
            from: from, through: claim.through, days: max(0, claim.through.days(since: claim.dueOn)),
            dayCount: terms.dayCount, rounding: terms.rounding, segments: parts.map(\.segment),
            exact: total.decimal(in: claim.currency), minor: try total.rounded, source: terms.source)
    }

    /// The same before rounding.
    package func exact(on claim: InterestClaim) throws(Problem) -> ExactMinor { try sum(segments(of: claim)) }

    private typealias Part = (segment: InterestComputation.Segment, exact: ExactMinor)

    private func segments(of claim: InterestClaim) throws(Problem) -> [Part] {
        let stretches = try stretches(of: claim)
        if !stretches.isEmpty { try checkFloor(on: claim.agreedOn) }
        var parts: [Part] = []
        for stretch in stretches { parts.append(try segment(stretch, in: claim.currency)) }
        return parts
    }

    private func sum(_ parts: [Part]) throws(Problem) -> ExactMinor {
        let unit = terms.rounding == .dailyRate ? 1 : ExactMinor.denominator(ofPercentOver: terms.dayCount.denominator)
        var sum = ExactMinor(numerator: 0, denominator: unit)
        for part in parts { sum = try sum.adding(part.exact) }
        return sum
    }

    private func segment(
        _ stretch: Stretch, in currency: Currency
    ) throws(Problem) -> Part {
        let start = stretch.from.adding(days: -1)
        let fraction = terms.dayCount.fraction(from: start, to: stretch.through)
        var daily: Int?
        var exact = try ExactMinor(stretch.rate.percent, of: stretch.openMinor, times: fraction)
        if terms.rounding == .dailyRate {
            let oneDay = try ExactMinor(stretch.rate.percent, of: stretch.openMinor, times: terms.dayCount.oneDay)
            let rounded = try oneDay.rounded
            daily = rounded
            // Both are Ints: their product fits.
            exact = ExactMinor(numerator: Int128(rounded) * Int128(fraction.numerator), denominator: 1)
        }
        let segment = InterestComputation.Segment(
            from: stretch.from, through: stretch.through, days: stretch.through.days(since: start),
            openMinor: stretch.openMinor, rate: stretch.rate, fraction: fraction.words, yearFraction: fraction.decimal,
            dailyMinor: daily, exact: exact.decimal(in: currency))
        return (segment, exact)
    }

    /// An agreed rate below the floor is not valid, and nothing is claimed on a guess of what would be.
    private func checkFloor(on agreedOn: CalendarDate) throws(Problem) {
        guard case .agreed(let percent) = terms.basis, let floor = terms.floor else { return }
        let least = try rates.rate(floor.reference, on: agreedOn)
        let yearly = terms.dayCount == .daily ? Percent(billionths: percent.billionths * 365) : percent
        if yearly < least.percent {
            throw Problem(
                .refused, "rate_below_floor",
                "\(yearly) % a year is below \(least.percent) %, the rate '\(least.code)' of \(least.validFrom), when the "
                    + "contract was made on \(agreedOn) (\(floor.source))",
                advice: "agree on at least that rate, or take the one of the law")
        }
    }
}
