import Domain

extension CompanyFile {
    func interest(_ entry: Entry) -> InterestTerms? {
        let fields = entry.fields(
            "percent", "percent_per_day", "reference", "margin", "regime", "fixing", "minimum", "year_days",
            "day_count", "rounding", "source")
        guard let basis = basis(entry, fields), let dayCount = dayCount(fields) else { return nil }
        var terms = InterestTerms(basis, dayCount: dayCount, source: fields["source"]?.text() ?? "")
        if let rounding = fields["rounding"], let name = rounding.name(of: InterestRounding.self) {
            terms.rounding = name
            if name == .dailyRate, !dayCount.hasDailyRate {
                rounding.refuse(
                    "\(dayCount) has no daily rate: its years differ in length",
                    advice: "write 'once', or count the days by act/365")
            }
        }
        terms.floor = fields["minimum"].flatMap { floor($0, under: basis) }
        return terms
    }

    private func basis(_ entry: Entry, _ fields: Fields) -> InterestBasis? {
        let ways = ["percent", "percent_per_day", "reference"].compactMap { name in fields[name].map { (name, $0) } }
        guard let (name, way) = ways.first, ways.count == 1 else {
            let what =
                ways.isEmpty ? "there is no rate" : "\(ways.map { "'\($0.0)'" }.joined(separator: " and ")) together"
            entry.refuse(what, advice: "give one of percent, percent_per_day, reference")
            return nil
        }
        guard name == "reference" else {
            for name in ["margin", "regime", "fixing"] {
                fields[name]?.refuse("an agreed rate has no \(name)", advice: "leave it out, or name a 'reference'")
            }
            let example = name == "percent" ? "a percentage a year such as 11.27" : "a percentage a day such as 0.05"
            return way.percent(example).map(InterestBasis.agreed)
        }
        let code = way.value("the code of a reference rate such as de-base") { ReferenceRate.isCode($0) ? $0 : nil }
        let margin = fields.required("margin")?.percent("points above the reference rate such as 9")
        let regime = fields.required("regime")?.name(of: InterestRegime.self)
        let fixing = fields["fixing"].map { $0.name(of: RateFixing.self) } ?? .day
        guard let code, let margin, let regime, let fixing else { return nil }
        return .reference(code: code, margin: margin, regime: regime, fixing: fixing)
    }

    private func dayCount(_ fields: Fields) -> DayCount? {
        let count = fields["day_count"]
        let year = fields["year_days"]
        if fields["percent_per_day"] != nil {
            for entry in [count, year] {
                entry?.refuse("a rate of a day needs no year", advice: "leave it out")
            }
            return .daily
        }
        if let count, year != nil {
            count.refuse("'day_count' and 'year_days' together", advice: "leave out year_days")
        }
        if let count {
            return count.value("act/365, act/360, act/act, 30/360 or 30e/360") { text in
                DayCount(text).flatMap { DayCount.configurable.contains($0) ? $0 : nil }
            }
        }
        return year.map { year in
            year.value("360 or 365") { text in Int(text).flatMap { [360, 365].contains($0) ? .actual(over: $0) : nil } }
        } ?? .actual365
    }

    private func floor(_ entry: Entry, under basis: InterestBasis) -> RateFloor? {
        let fields = entry.fields("reference", "source")
        guard case .agreed = basis else {
            entry.refuse("only an agreed rate has a minimum", advice: "leave it out")
            return nil
        }
        let code = fields.required("reference")?.value("the code of a reference rate such as cn-lpr-1y") {
            ReferenceRate.isCode($0) ? $0 : nil
        }
        guard let code, let source = fields.required("source")?.text() else { return nil }
        return RateFloor(reference: code, source: source)
    }
}

extension Entry {
    func percent(_ wanted: String) -> Percent? {
        value(wanted) { text in Percent(text).flatMap { $0 < .zero ? nil : $0 } }
    }
}
