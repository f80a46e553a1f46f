/// By which rule a late debtor owes interest: simple, from the day after due through the day of payment.
package struct InterestTerms: Sendable, Hashable {
    package var basis: InterestBasis
    package var dayCount: DayCount
    package var rounding: InterestRounding
    /// What an agreed rate may not fall below.
    package var floor: RateFloor?
    /// What the letter cites: `§ 288 Abs. 2 BGB`.
    package var source: String

    package init(
        _ basis: InterestBasis, dayCount: DayCount = .actual365, rounding: InterestRounding = .once,
        floor: RateFloor? = nil, source: String = ""
    ) {
        self.basis = basis
        self.dayCount = dayCount
        self.rounding = rounding
        self.floor = floor
        self.source = source
    }
}

/// Where the rate comes from.
package enum InterestBasis: Sendable, Hashable {
    /// A percentage a year, or a day with ``DayCount/daily``.
    case agreed(Percent)
    /// Points above a reference rate. A reference rate below zero lowers the rate; a rate below zero counts as zero: no one
    /// is paid for being late.
    case reference(code: String, margin: Percent, regime: InterestRegime, fixing: RateFixing)

    /// What was charged for the days before may become less with the payment.
    package var isOfPaymentDate: Bool {
        guard case .reference(_, _, .paymentDate, _) = self else { return false }
        return true
    }
}

/// Which of the reference rates of a long delay counts.
package enum InterestRegime: String, Codable, Sendable, CaseIterable {
    /// The one of the first day of the delay counts for all of it (United Kingdom: Late Payment of Commercial Debts (Rate
    /// of Interest) (No. 3) Order 2002, with ``RateFixing/halfYearEve``).
    case frozen
    /// Each day has its own (Germany: §§ 247, 288 BGB).
    case split
    /// The one of the day of payment counts for all days of what is paid on it; what is still open counts as paid on
    /// the last day (Ireland: S.I. No. 580/2012).
    case paymentDate = "payment-date"
}

/// On which day a reference rate is read that a day of delay needs.
package enum RateFixing: String, Codable, Sendable, CaseIterable {
    /// On the day itself.
    case day
    /// On 1 January or 1 July of its half year (directive 2011/7/EU, article 2 (7)).
    case halfYear = "half-year"
    /// On the 31 December or 30 June before its half year (United Kingdom).
    case halfYearEve = "half-year-eve"

    package func fixingDay(of day: CalendarDate) -> CalendarDate {
        if self == .day { return day }
        let months = (day.month - 1) % 6
        let start = day.adding(days: 1 - day.day).adding(months: -months)
        return self == .halfYear ? start : start.adding(days: -1)
    }

    /// The first day after `day` for which the rate is read on another day; nil when every day has its own.
    package func nextFixing(after day: CalendarDate) -> CalendarDate? {
        self == .day ? nil : RateFixing.halfYear.fixingDay(of: day).adding(months: 6)
    }
}

/// Where the only rounding happens; a half is rounded up.
package enum InterestRounding: String, Codable, Sendable, CaseIterable {
    /// The sum of all segments, to the minor unit.
    case once
    /// The interest of one day, to the minor unit; then it is multiplied by the days (the practice in the United
    /// Kingdom).
    case dailyRate = "daily-rate"
}

/// A reference rate below which no agreed rate is valid: 《保障中小企业款项支付条例》第十七条 wants the one-year LPR of
/// the day on which the contract was made.
package struct RateFloor: Codable, Sendable, Hashable {
    package var reference: String
    /// The law that wants it.
    package var source: String

    package init(reference: String, source: String) {
        self.reference = reference
        self.source = source
    }
}

extension InterestTerms: Codable {
    private enum CodingKeys: String, CodingKey {
        case percent, yearDays, reference, margin, regime, fixing, dayCount, rounding, floor, source
    }

    /// Versions before the reference rates have `percent`, `yearDays` and `source` alone.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let code = try container.decodeIfPresent(String.self, forKey: .reference) {
            basis = .reference(
                code: code, margin: try container.decode(Percent.self, forKey: .margin),
                regime: try container.decode(InterestRegime.self, forKey: .regime),
                fixing: try container.decode(RateFixing.self, forKey: .fixing))
        } else {
            basis = .agreed(try container.decode(Percent.self, forKey: .percent))
        }
        let yearDays = try container.decodeIfPresent(Int.self, forKey: .yearDays)
        dayCount =
            try container.decodeIfPresent(DayCount.self, forKey: .dayCount) ?? .actual(over: max(1, yearDays ?? 365))
        rounding = try container.decodeIfPresent(InterestRounding.self, forKey: .rounding) ?? .once
        floor = try container.decodeIfPresent(RateFloor.self, forKey: .floor)
        source = try container.decodeIfPresent(String.self, forKey: .source) ?? ""
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch basis {
        case .agreed(let percent): try container.encode(percent, forKey: .percent)
        case .reference(let code, let margin, let regime, let fixing):
            try container.encode(code, forKey: .reference)
            try container.encode(margin, forKey: .margin)
            try container.encode(regime, forKey: .regime)
            try container.encode(fixing, forKey: .fixing)
        }
        try container.encode(dayCount, forKey: .dayCount)
        try container.encode(rounding, forKey: .rounding)
        try container.encodeIfPresent(floor, forKey: .floor)
        try container.encode(source, forKey: .source)
    }
}
