import Domain

extension DunningLetter {
    /// What the total is made of, line by line, so that the reader can add it up; what is nothing is left out.
    var parts: [(title: String, minor: Int)] {
        let words = phrases
        return [
            (words.sumOpen, notice.openMinor), (words.sumCharges, notice.chargesMinor),
            (words.sumInterest, notice.interestMinor), (words.compensation, notice.compensationMinor),
            (words.fee, notice.feeMinor), (words.credit, -notice.creditMinor),
        ].filter { $0.1 != 0 }
    }

    func sums() -> [String] {
        var table = TextTable([("", .left), (notice.currency.code, .right)])
        for (title, minor) in parts { table.add([title, money(minor)]) }
        table.add([phrases.total, money(notice.totalMinor)])
        return table.lines
    }

    /// A charge of an earlier notice: `DN-2026-000001-I1 Interest R1`.
    func name(of charge: Charge) -> String {
        let kind =
            switch charge.kind {
            case .fee: phrases.fee
            case .interest: phrases.sumInterest
            case .compensation: phrases.compensation
            }
        return "\(charge.item.number) \(kind)" + (charge.invoice.map { " \($0)" } ?? "")
    }

    /// The charges of earlier notices under a heading; empty when there is none.
    var chargeLines: [String] {
        guard !notice.charges.isEmpty else { return [] }
        var table = TextTable([(phrases.sumCharges, .left), (phrases.due, .left), (phrases.open, .right)])
        for charge in notice.charges {
            table.add([name(of: charge), "\(charge.item.dueOn)", money(charge.item.openMinor)])
        }
        return [""] + table.lines
    }

    /// How interest, compensation and fee came about, under a heading, and the rules that they rest on; empty when there is
    /// nothing to say.
    var computationLines: [String] {
        let words = phrases
        var lines: [String] = []
        for item in notice.items {
            if let interest = item.interest {
                lines += self.lines(of: interest, postedMinor: item.item.postedMinor, rest: item.interestMinor)
                    .map { "\(item.item.number): \($0)" }
            }
            if item.compensationMinor > 0 {
                lines.append("\(item.item.number): \(words.compensation) \(money(item.compensationMinor))")
            }
        }
        if let fee = notice.feeComputation {
            let arithmetic = fee.arithmetic(
                most: words.most, tax: words.tax, percentSign: words.percentSign, number: local)
            lines.append("\(words.fee): \(arithmetic)")
        }
        guard !lines.isEmpty else { return [] }
        return ["\(words.computation):"] + lines
            + (sources.isEmpty ? [] : ["\(words.basis): \(sources.joined(separator: "; "))"])
    }

    /// The rules that what is charged rests on.
    private var sources: [String] {
        var sources = Set(notice.items.compactMap(\.interest?.source)).sorted()
        if notice.compensationMinor > 0 { sources.append(notice.compensationSource) }
        if let fee = notice.feeComputation { sources.append(fee.rule.source) }
        return sources.reduce(into: []) { if !$1.isEmpty, !$0.contains($1) { $0.append($1) } }
    }

    /// A line for each segment, and one for their sum when there are several.
    private func lines(of interest: InterestComputation, postedMinor: Int, rest: Int) -> [String] {
        let words = phrases
        let rounded =
            words.rounded(money(interest.minor))
            + (postedMinor > interest.minor
                ? words.postedMore(money(postedMinor), money(postedMinor - interest.minor))
                : postedMinor > 0 ? words.posted(money(postedMinor), money(rest)) : "")
        let lines = interest.segments.map { segment in
            interest.arithmetic(of: segment, in: notice.currency, percentSign: words.percentSign, number: local)
                + (interest.segments.count == 1 ? rounded : "")
                + " (\(words.span("\(segment.from)", "\(segment.through)"))"
                + (segment.rate.origin(number: local).map { "; \($0))" } ?? ")")
        }
        return interest.segments.count > 1 ? lines + ["\(words.sum) \(local(interest.exact))\(rounded)"] : lines
    }
}
