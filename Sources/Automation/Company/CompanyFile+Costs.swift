import Domain

/// What a late customer is charged beside interest.
extension CompanyFile {
    /// For each currency an amount, or an amount with a share, a cap and a tax.
    func fees(_ entry: Entry?) -> [NoticeFee] {
        let fees = (entry?.list() ?? []).compactMap { item in fee(item).map { (item, $0) } }
        checkOnce(fees.map { ($0, $1.fixed) })
        return fees.map(\.1)
    }

    private func fee(_ item: Entry) -> NoticeFee? {
        guard item.isMapping else { return item.amount().map { NoticeFee($0) } }
        let fields = item.fields("fixed", "share", "cap", "tax", "source")
        guard let fixed = fields.required("fixed")?.amount() else { return nil }
        let share = fields["share"].map { $0.part("a percentage of the original amount such as 1.5") } ?? .zero
        let tax = fields["tax"].map { $0.part("a percentage of the fee such as 19") } ?? .zero
        let cap = fields["cap"]?.amount()
        if let cap, let entry = fields["cap"] {
            if cap.currency != fixed.currency {
                entry.refuse("it is in \(cap.currency), the fixed sum in \(fixed.currency)", advice: "use one currency")
            } else if cap.minor < fixed.minor {
                entry.refuse("it is less than the fixed sum of \(fixed)", advice: "raise it, or lower the fixed sum")
            }
        }
        guard let share, let tax else { return nil }
        return NoticeFee(fixed, share: share, cap: cap, tax: tax, source: fields["source"]?.text() ?? "")
    }

    /// Amounts alone, or with the rule that they rest on.
    func compensation(_ entry: Entry) -> Compensation? {
        guard entry.isMapping else { return Compensation(someBands(entry)) }
        let fields = entry.fields("amounts", "per", "source")
        guard let amounts = fields.required("amounts") else { return nil }
        let unit = fields["per"]?.name(of: Compensation.Unit.self)
        return Compensation(someBands(amounts), per: unit ?? .invoice, source: fields["source"]?.text() ?? "")
    }

    private func someBands(_ entry: Entry) -> [Compensation.Band] {
        let bands = bands(entry)
        if entry.list().isEmpty {
            entry.refuse("there is no amount", advice: "write one such as 40.00 EUR, or leave out 'compensation'")
        }
        return bands
    }

    /// In each currency from the smallest debt to the largest; the last one is for all larger debts.
    private func bands(_ entry: Entry) -> [Compensation.Band] {
        var bands: [Compensation.Band] = []
        for item in entry.list() {
            guard let band = band(item) else { continue }
            if let before = bands.last(where: { $0.amount.currency == band.amount.currency }) {
                guard let limit = before.below else {
                    item.refuse(
                        "the amount before it is for every debt in \(band.amount.currency)",
                        advice: "give that one a 'below'")
                    continue
                }
                if let below = band.below, below.minor <= limit.minor {
                    item.refuse("'below' does not rise above \(limit)", advice: "write the smaller debts first")
                }
                if band.amount.minor < before.amount.minor {
                    item.refuse(
                        "\(band.amount) is less than the \(before.amount) of smaller debts",
                        advice: "let the amounts rise with the debts")
                }
            }
            bands.append(band)
        }
        for band in bands where bands.last(where: { $0.amount.currency == band.amount.currency }) == band {
            if let below = band.below {
                entry.refuse(
                    "there is nothing for debts of \(below) and more", advice: "add an amount without 'below'")
            }
        }
        return bands
    }

    private func band(_ item: Entry) -> Compensation.Band? {
        guard item.isMapping else { return item.positive().map { Compensation.Band($0) } }
        let fields = item.fields("amount", "below")
        guard let amount = fields.required("amount")?.positive() else { return nil }
        guard let limit = fields["below"] else { return Compensation.Band(amount) }
        guard let below = limit.positive() else { return nil }
        if below.currency != amount.currency {
            limit.refuse("it is in \(below.currency), the amount in \(amount.currency)", advice: "use one currency")
            return nil
        }
        return Compensation.Band(amount, below: below)
    }
}

extension Entry {
    /// An amount that is not negative.
    func amount() -> Money? {
        guard let money = money() else { return nil }
        if money.minor < 0 { refuse("the amount is negative", advice: "write it without a sign") }
        return money
    }

    /// A percentage that is less than the whole: `190` is a slip for `19.0`.
    fileprivate func part(_ wanted: String) -> Percent? {
        guard let percent = percent(wanted) else { return nil }
        if percent >= Percent(billionths: 100 * Percent.billionthsOfOne) {
            refuse("\(percent) % is the whole or more", advice: "write \(wanted)")
            return nil
        }
        return percent
    }

    fileprivate func positive() -> Money? {
        guard let money = money() else { return nil }
        if money.minor <= 0 {
            refuse("'\(money)' is not more than nothing", advice: "write an amount above zero")
            return nil
        }
        return money
    }
}
