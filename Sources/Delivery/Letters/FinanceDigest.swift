package import Domain

/// What finance reads after every run, also when nothing was due or the run was held.
package struct FinanceDigest: Sendable {
    package var team: String
    package var day: CalendarDate
    /// A stable code; nil when the run was not held.
    package var heldBecause: String?
    /// This run's notices, by state.
    package var notices: [String: Int] = [:]
    /// What this run asks for, by currency.
    package var asked: [Money] = []
    /// Invoices passed over, by reason.
    package var skipped: [String: Int] = [:]
    /// Notices that wait for approval, of this run and of earlier ones.
    package var waiting = 0
    package var ageing: [Ageing] = []

    package init(team: String, day: CalendarDate) {
        self.team = team
        self.day = day
    }
}

extension FinanceDigest {
    struct Words {
        let subject, held, nothing, done, asked, skipped, waiting, approve, ageing, currency, unallocated,
            ledger: String
        let buckets: [String]
        let states: [String: String]
    }

    private static let english = Words(
        subject: "Dunning", held: "The run was held and decided nothing. Reason", nothing: "Nothing was due today.",
        done: "Notices of this run", asked: "Asked for", skipped: "Invoices passed over",
        waiting: "Waiting for your approval", approve: "ltc dunning list --state proposed",
        ageing: "Ageing", currency: "Currency", unallocated: "Unallocated", ledger: "Ledger",
        buckets: ["Not due", "1-30", "31-60", "61-90", "Over 90"],
        states: ["approved": "approved, on their way", "proposed": "proposed, waiting", "held": "held, no address"])

    private static let chinese = Words(
        subject: "催款", held: "本次催款暂停，未作任何决定。原因", nothing: "今日无到期催款。", done: "本次通知", asked: "催收金额",
        skipped: "未催发票", waiting: "待批准", approve: "ltc dunning list --state proposed", ageing: "账龄", currency: "币种",
        unallocated: "未分配", ledger: "账面合计", buckets: ["未到期", "1-30", "31-60", "61-90", "90 以上"],
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
        }
        if waiting > 0 { lines.append("\(words.waiting): \(waiting)  (\(words.approve))") }
        if !skipped.isEmpty {
            lines += ["", "\(words.skipped):"]
            lines += skipped.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
        }
        lines += ["", words.ageing] + table(words)
        return lines.joined(separator: "\n") + "\n"
    }

    private func table(_ words: Words) -> [String] {
        var table = TextTable(
            [(words.currency, .left)] + (words.buckets + [words.unallocated, words.ledger]).map { ($0, .right) })
        for ageing in ageing {
            let minors =
                AgeingBucket.allCases.map { ageing.buckets[$0] ?? 0 } + [-ageing.unallocatedMinor, ageing.ledgerMinor]
            table.add(
                [ageing.currency.code] + minors.map { Money(minor: $0, currency: ageing.currency).amount })
        }
        return table.lines
    }
}
