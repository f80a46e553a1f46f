import Domain
import Store

/// What somebody in the house has to do about a notice that is not mailed.
struct DunningTask {
    /// What such a message is about.
    static let subjectKind = "dunning-task"
    /// In bytes: a mail has it as text and as HTML, and every server takes it.
    static let longestLetter = 20_000

    let subject: String
    /// Followed by the letter.
    let body: String

    init(_ head: NoticeHead, language: String) throws {
        let words = language.hasPrefix("zh") ? Self.chinese : Self.english
        let customer = "\(head.customerNumber) \(head.customerName)"
        let total = Money(minor: head.totalMinor, currency: try Currency(stored: head.currency))
        let channel = DunningChannel(rawValue: head.channel) ?? .call
        let what = words.what(channel)
        let phone = channel == .call ? head.phone.map { ", \($0)" } ?? "" : ""
        let key = head.number ?? "\(head.id)"
        subject = "\(what): \(customer), \(total)"
        body = """
            \(what): \(customer)\(phone)
            \(head.reason == "recomputed" ? "\(words.instead)\n" : "")\(head.channelReason.map { "(\($0))\n" } ?? "")\(words.total): \(total), \(words.level) \(head.level)
            \(words.done): ltc dunning confirm \(key)
            ----

            """
    }

    private struct Words {
        let total, level, done: String
        /// It was computed again, and may have been asked for before.
        let instead: String
        let mail, letter, call, accountManager, stopDeliveries, legal: String

        func what(_ channel: DunningChannel) -> String {
            switch channel {
            case .mail: mail
            case .letter: letter
            case .call: call
            case .accountManager: accountManager
            case .stopDeliveries: stopDeliveries
            case .legal: legal
            }
        }
    }

    private static let english = Words(
        total: "Total", level: "level", done: "When it is done",
        instead:
            "It was computed again: if you were sent one under this number before, that one does not count any more.",
        mail: "Mail to the customer", letter: "Post this letter",
        call: "Telephone the customer",
        accountManager: "Speak with your customer", stopDeliveries: "Stop deliveries to the customer",
        legal: "Hand the claim over to a lawyer")
    private static let chinese = Words(
        total: "合计", level: "级别", done: "完成后执行", instead: "本通知已重新计算：如此前曾以此编号发给您，该版本作废。", mail: "发给客户的邮件",
        letter: "请邮寄本函", call: "请致电客户",
        accountManager: "请与您的客户沟通",
        stopDeliveries: "请停止向该客户交付", legal: "请将本债权移交律师")
}
