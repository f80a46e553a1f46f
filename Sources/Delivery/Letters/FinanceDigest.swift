package import Domain

/// What finance reads after every run, also when nothing was due or the run was held.
package struct FinanceDigest: Sendable {
    package var team: String
    package var day: CalendarDate
    /// A stable code; nil when the run was not held.
    package var heldBecause: String?
    /// This run's notices, by state.
    package var notices: [String: Int] = [:]
    /// This run's notices, by the way that they take.
    package var channels: [DunningChannel: Int] = [:]
    /// Those that somebody in the house sees to, the first ``namedTasks`` of them.
    package var tasks: [Task] = []
    /// What this run asks for, by currency.
    package var asked: [Money] = []
    /// Invoices passed over, by reason.
    package var skipped: [String: Int] = [:]
    /// Notices that wait for approval, of this run and of earlier ones.
    package var waiting = 0
    package var ageing: [Ageing] = []

    /// A notice that is posted, telephoned or handed over, not mailed.
    package struct Task: Sendable {
        package var channel: DunningChannel
        /// Why it is not the first choice of its level: `no_address`.
        package var reason: String?
        /// Number or id of the notice, by which it is confirmed.
        package var notice: String
        package var customer: String
        package var total: Money

        package init(channel: DunningChannel, reason: String?, notice: String, customer: String, total: Money) {
            (self.channel, self.reason, self.notice) = (channel, reason, notice)
            (self.customer, self.total) = (customer, total)
        }
    }

    /// So many tasks are named in the mail; the register has them all.
    package static let namedTasks = 40

    package init(team: String, day: CalendarDate) {
        self.team = team
        self.day = day
    }
}

extension FinanceDigest {
    struct Words {
        let subject, held, nothing, done, asked, ways, tasks, more, skipped, waiting, approve, ageing, currency,
            unallocated, ledger, notDue: String
        /// What stands before and after the last day of the bucket before the open one.
        let over: (before: String, after: String)
        let states: [String: String]

        func buckets(_ buckets: AgeingBuckets) -> [String] {
            [notDue] + buckets.ranges + ["\(over.before)\(buckets.lastDays.last ?? 0)\(over.after)"]
        }
    }

    private static let english = Words(
        subject: "Dunning", held: "The run was held and decided nothing. Reason", nothing: "Nothing was due today.",
        done: "Notices of this run", asked: "Asked for", ways: "By channel",
        tasks: "Not mailed, to be done by somebody (then: ltc dunning confirm NOTICE)",
        more: "more, see the register", skipped: "Invoices passed over",
        waiting: "Waiting for your approval", approve: "ltc dunning list --state proposed",
        ageing: "Ageing", currency: "Currency", unallocated: "Unallocated", ledger: "Ledger",
        notDue: "Not due", over: ("Over ", ""),
        states: ["approved": "approved, on their way", "proposed": "proposed, waiting", "held": "held, no address"])

    private static let chinese = Words(
        subject: "催款", held: "本次催款暂停，未作任何决定。原因", nothing: "今日无到期催款。", done: "本次通知", asked: "催收金额",
        ways: "按渠道", tasks: "非邮件，需人工处理（完成后执行 ltc dunning confirm 编号）", more: "项，详见清单", skipped: "未催发票", waiting: "待批准",
        approve: "ltc dunning list --state proposed", ageing: "账龄", currency: "币种",
        unallocated: "未分配", ledger: "账面合计", notDue: "未到期", over: ("", " 以上"),
        states: ["approved": "已批准", "proposed": "待批准", "held": "暂停（无地址）"])

    static func words(_ language: String) -> Words { language.hasPrefix("zh") ? chinese : english }

    package func subject(in language: String) -> String {
        let words = Self.words(language)
        let count = notices.values.reduce(0, +)
        return "\(words.subject) \(team) \(day): " + (heldBecause.map { "held (\($0))" } ?? "\(count)")
    }

    package func text(in language: String) -> String {
        let words = Self.words(language)
        var lines = ["\(words.subject) · \(team) · \(day)", ""]
        if let heldBecause {
            lines.append("\(words.held): \(heldBecause)")
        } else if notices.isEmpty {
            lines.append(words.nothing)
        } else {
            lines.append("\(words.done):")
            lines += notices.sorted { $0.key < $1.key }.map { "  \(words.states[$0.key] ?? $0.key): \($0.value)" }
            lines.append("\(words.asked): " + asked.map(\.description).joined(separator: ", "))
            let ways = DunningChannel.allCases.compactMap { way in channels[way].map { "\(way.rawValue) \($0)" } }
            lines.append("\(words.ways): " + ways.joined(separator: ", "))
        }
        if !tasks.isEmpty { lines += ["", "\(words.tasks):"] + named(words) }
        if waiting > 0 { lines.append("\(words.waiting): \(waiting)  (\(words.approve))") }
        if !skipped.isEmpty {
            lines += ["", "\(words.skipped):"]
            lines += skipped.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
        }
        lines += ["", words.ageing] + table(words)
        return lines.joined(separator: "\n") + "\n"
    }

    private func named(_ words: Words) -> [String] {
        let lines = tasks.map { task in
            "  \(task.channel.rawValue)\(task.reason.map { " (\($0))" } ?? ""): \(task.notice), \(task.customer), \(task.total)"
        }
        let all = channels.reduce(0) { $1.key == .mail ? $0 : $0 + $1.value }
        return all > lines.count ? lines + ["  \(all - lines.count) \(words.more)"] : lines
    }

    private func table(_ words: Words) -> [String] {
        let buckets = words.buckets(ageing.first?.buckets ?? .standard)
        var table = TextTable(
            [(words.currency, .left)] + (buckets + [words.unallocated, words.ledger]).map { ($0, .right) })
        for ageing in ageing {
            let minors = ageing.minors + [-ageing.unallocatedMinor, ageing.ledgerMinor]
            table.add(
                [ageing.currency.code] + minors.map { Money(minor: $0, currency: ageing.currency).amount })
        }
        return table.lines
    }
}
