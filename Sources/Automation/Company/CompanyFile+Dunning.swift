import Domain

extension CompanyFile {
    mutating func readDunning(_ entry: Entry) {
        let fields = entry.fields(
            "standard", "groups", "creditors", "approval_above", "promise_tolerance", "procedures")
        company.dunning.standard = fields["standard"].flatMap { reading.refer(to: .procedure, $0) }
        company.dunning.groups = procedures(fields["groups"])
        for (code, _) in fields["creditors"]?.pairs() ?? [] { _ = reading.refer(to: .creditor, code) }
        company.dunning.creditors = procedures(fields["creditors"])
        company.dunning.promiseTolerance =
            fields["promise_tolerance"]?.integer(0...60) ?? company.dunning.promiseTolerance
        company.dunning.approvalAbove = amounts(fields["approval_above"])
        for (name, procedure) in each(fields, "procedures") { readProcedure(name, procedure) }
    }

    /// Names with the procedure of each.
    private func procedures(_ entry: Entry?) -> [String: String] {
        (entry?.pairs() ?? []).reduce(into: [:]) { found, pair in
            guard let name = pair.key.text() else { return }
            found[name] = reading.refer(to: .procedure, pair.value)
        }
    }

    private mutating func readProcedure(_ name: String, _ entry: Entry) {
        let fields = entry.fields(
            "grace_days", "minimum_interval", "interest", "compensation", "source", "payments", "levels")
        var procedure = DunningProcedure(name: name, levels: [])
        procedure.graceDays = fields["grace_days"]?.integer(0...365) ?? procedure.graceDays
        procedure.minimumInterval = fields["minimum_interval"]?.integer(0...365) ?? procedure.minimumInterval
        procedure.interest = fields["interest"].flatMap(interest)
        procedure.compensation = fields["compensation"].flatMap(compensation)
        procedure.payments = fields["payments"]?.name(of: PaymentOrder.self)
        let levels = fields.required("levels")?.list() ?? []
        if levels.count > 9 { entry.refuse("\(levels.count) levels", advice: "nine levels are the most") }
        if let list = fields["levels"], levels.isEmpty {
            list.refuse("no level", advice: "describe one, with after_days")
        }
        for item in levels {
            let level = level(item)
            if let before = procedure.levels.last, level.afterDays <= before.afterDays {
                item.refuse(
                    "a level after \(level.afterDays) days does not rise above the one before, after \(before.afterDays)",
                    advice: "let 'after_days' rise from level to level")
            }
            if level.chargesInterest, fields["interest"] == nil {
                item.refuse("interest is charged, but none is defined", advice: "add 'interest' to procedure '\(name)'")
            }
            procedure.levels.append(level)
        }
        checkCurrencies(of: procedure, levels)
        cite(fields["source"]?.text() ?? "", in: &procedure, fields, levels)
        if let compensation = fields["compensation"], !procedure.levels.contains(where: \.chargesInterest) {
            compensation.refuse(
                "no level charges it", advice: "write 'charges_interest: true' at the levels that charge for the delay")
        }
        company.dunning.procedures.append(procedure)
    }

    /// Every letter cites the rule that what it charges rests on: its own, or the one of the procedure.
    private func cite(_ source: String, in procedure: inout DunningProcedure, _ fields: Fields, _ levels: [Entry]) {
        func cited(_ own: String, _ what: String, _ entry: Entry?) -> String {
            let rule = own.isEmpty ? source : own
            if rule.isEmpty {
                entry?.refuse(
                    "\(what) cites no rule",
                    advice: "name the law or the agreement that it rests on: 'source' there, or at the procedure")
            }
            return rule
        }
        if procedure.levels.contains(where: \.chargesInterest), let own = procedure.interest?.source {
            procedure.interest?.source = cited(own, "interest", fields["interest"])
        }
        if let own = procedure.compensation?.source {
            procedure.compensation?.source = cited(own, "compensation", fields["compensation"])
        }
        for index in procedure.levels.indices {
            for fee in procedure.levels[index].fees.indices where procedure.levels[index].fees[fee].isCharged {
                procedure.levels[index].fees[fee].source = cited(
                    procedure.levels[index].fees[fee].source, "a fee", levels[index])
            }
        }
    }

    /// A currency that one level or an approval limit names has a minimum and a fee at every level that has any: without
    /// them nobody who owes in it would reach the level.
    private func checkCurrencies(of procedure: DunningProcedure, _ entries: [Entry]) {
        let named = procedure.levels.flatMap { $0.fees.map(\.fixed.currency) + $0.minimums.map(\.currency) }
        let currencies = Set(named).union(company.dunning.approvalAbove.map(\.currency))
        for (level, entry) in zip(procedure.levels, entries) {
            func check(_ what: String, _ amounts: [Money], _ meaning: String) {
                let missing = currencies.subtracting(amounts.map(\.currency)).map(\.code).sorted()
                guard !amounts.isEmpty, let first = missing.first else { return }
                entry.refuse(
                    "the level has \(what), but none in \(missing.joined(separator: ", "))",
                    advice: "add one to '\(what)', such as 0.00 \(first) for \(meaning)")
            }
            check("minimums", level.minimums, "any amount")
            check("fees", level.fees.map(\.fixed), "no fee")
        }
    }

    private func level(_ entry: Entry) -> DunningLevel {
        let fields = entry.fields(
            "after_days", "fees", "charges_interest", "pay_within", "skippable", "minimums", "minimum_percent",
            "repeat_every", "channels")
        var level = DunningLevel(afterDays: fields.required("after_days")?.integer(0...3650) ?? 0)
        level.fees = fees(fields["fees"])
        level.chargesInterest = fields["charges_interest"]?.flag() ?? false
        level.payWithin = fields["pay_within"]?.integer(0...365) ?? level.payWithin
        level.isSkippable = fields["skippable"]?.flag() ?? false
        level.minimums = amounts(fields["minimums"])
        level.minimumPercent = fields["minimum_percent"]?.integer(0...100) ?? 0
        level.repeatEvery = fields["repeat_every"]?.integer(1...365)
        if let channels = fields["channels"] {
            level.channels = channels.list().compactMap { $0.name(of: DunningChannel.self) }
            if level.channels.isEmpty {
                channels.refuse("no channel", advice: "name one, or leave 'channels' out for mail")
            }
            if Set(level.channels).count < level.channels.count {
                channels.refuse("a channel stands here twice", advice: "name each once, the first choice first")
            }
        }
        return level
    }

    mutating func readLedger(_ entry: Entry) {
        let fields = entry.fields("write_off_above", "small_difference")
        var ledger = LedgerPolicy()
        ledger.writeOffAbove = amounts(fields["write_off_above"])
        ledger.smallDifference = amounts(fields["small_difference"])
        company.ledger = ledger
    }

    /// At most one amount a currency.
    private func amounts(_ entry: Entry?) -> [Money] {
        let amounts = (entry?.list() ?? []).compactMap { item in item.amount().map { (item, $0) } }
        checkOnce(amounts)
        return amounts.map(\.1)
    }

    func checkOnce(_ amounts: [(entry: Entry, money: Money)]) {
        for (index, amount) in amounts.enumerated()
        where amounts[..<index].contains(where: { $0.money.currency == amount.money.currency }) {
            amount.entry.refuse(
                "\(amount.money.currency) stands here twice", advice: "give one amount for each currency")
        }
    }
}
