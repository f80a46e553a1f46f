package import Domain

/// Tells the owner of a contract that its end comes near, and by when to act.
package struct RenewalAlertLetter: Sendable, Hashable {
    package var contract: String
    package var title: String
    package var customer: String
    package var renewal: RenewalKind
    package var endsOn: CalendarDate?
    package var deadline: CalendarDate
    /// The business day of the run.
    package var day: CalendarDate
    package var amount: Money?
    package var opensOpportunity: Bool

    package init(
        contract: String, title: String, customer: String, renewal: RenewalKind, endsOn: CalendarDate?,
        deadline: CalendarDate, day: CalendarDate, amount: Money?, opensOpportunity: Bool
    ) {
        self.contract = contract
        self.title = title
        self.customer = customer
        self.renewal = renewal
        self.endsOn = endsOn
        self.deadline = deadline
        self.day = day
        self.amount = amount
        self.opensOpportunity = opensOpportunity
    }

    package func subject(in language: String) -> String {
        let days = deadline.days(since: day)
        return language.hasPrefix("zh")
            ? "合同续约提醒：\(contract) \(customer)，截止 \(deadline)" + (days >= 0 ? "（剩 \(days) 天）" : "（已过期）")
            : "Renewal: \(contract) \(customer), act by \(deadline)"
                + (days >= 0 ? " (\(days) days left)" : " (missed)")
    }

    package func text(in language: String) -> String {
        let isChinese = language.hasPrefix("zh")
        var lines = [isChinese ? chineseAction : englishAction, ""]
        func add(_ english: String, _ chinese: String, _ value: String?) {
            if let value, !value.isEmpty { lines.append(isChinese ? "\(chinese)：\(value)" : "\(english): \(value)") }
        }
        add("Contract", "合同", title.isEmpty ? contract : "\(contract) · \(title)")
        add("Customer", "客户", customer)
        add("Ends on", "到期日", endsOn?.description)
        add("Act by", "最后行动日", deadline.description)
        add("Amount of the renewal", "续约金额", amount?.description)
        if opensOpportunity {
            lines += ["", isChinese ? "续约商机已建立。" : "An opportunity for the renewal has been opened for you."]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var englishAction: String {
        switch renewal {
        case .auto: "This contract renews by itself unless notice is given by \(deadline)."
        case .manual: "This contract ends unless it is renewed by \(deadline)."
        case .evergreen, .none: "This contract is to be reviewed by \(deadline)."
        }
    }

    private var chineseAction: String {
        switch renewal {
        case .auto: "如在 \(deadline) 前未发出终止通知，本合同将自动续约。"
        case .manual: "如在 \(deadline) 前未续签，本合同将到期终止。"
        case .evergreen, .none: "请在 \(deadline) 前复审本合同。"
        }
    }
}
