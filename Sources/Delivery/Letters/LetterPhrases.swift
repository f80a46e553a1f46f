/// What a dunning letter says in one language. The tone rises with the level; the facts are the same.
struct LetterPhrases: Sendable {
    /// By level; levels above the last one speak as the last one.
    let titles: [String]
    let greeting: String
    let openings: [String]
    let notice, draft, date, customer, taxID: String
    let invoice, issued, due, days, level, open, interest: String
    let sumOpen, sumCharges, sumInterest, compensation, fee, credit, total: String
    /// Of a fee: its cap, its tax.
    let most, tax: String
    let computation: String
    /// As the language sets it, with its space.
    let percentSign: String
    let sum: String
    let rounded: @Sendable (_ amount: String) -> String
    /// What earlier notices charged of it, and what is left.
    let posted: @Sendable (_ amount: String, _ rest: String) -> String
    /// The same where they charged more than is owed by now, and how much more.
    let postedMore: @Sendable (_ amount: String, _ excess: String) -> String
    let span: @Sendable (_ from: String, _ through: String) -> String
    let basis, pay, account, bank, reference, crossed, contact: String
    let groups: String
    let point: String

    /// Chinese and German for those languages, English for all others.
    static func of(_ language: String) -> LetterPhrases {
        switch language.prefix(2).lowercased() {
        case "zh": chinese
        case "de": german
        default: english
        }
    }

    static let english = LetterPhrases(
        titles: ["Payment reminder", "Second reminder", "Final notice"], greeting: "Dear Sir or Madam,",
        openings: [
            "perhaps these invoices escaped your attention. Please pay the amount below.",
            "we have not yet received your payment. Please settle the amount below without delay.",
            "despite our reminders these invoices are still open. Unless the amount below reaches us in time, we will take "
                + "further steps without another notice.",
        ],
        notice: "Notice", draft: "draft, not approved", date: "Date", customer: "Customer", taxID: "Tax ID",
        invoice: "Invoice", issued: "Issued", due: "Due", days: "Days overdue", level: "Level", open: "Open",
        interest: "Interest",
        sumOpen: "Open invoices", sumCharges: "Charges of earlier notices", sumInterest: "Interest",
        compensation: "Compensation", fee: "Fee", credit: "Your credit, deducted", total: "Total to pay",
        most: "at most", tax: "tax", computation: "How interest and costs were computed",
        percentSign: " %", sum: "Sum", rounded: { ", rounded \($0)" },
        posted: { ", less \($0) of earlier notices = \($1)" },
        postedMore: { "; earlier notices charged \($0), so \($1) is set off against later interest" },
        span: { "\($0) to \($1)" },
        basis: "Basis", pay: "Please pay by", account: "Account", bank: "Bank", reference: "Payment reference",
        crossed: "If you have paid in the meantime, please take this letter as done.", contact: "Questions",
        groups: ",", point: ".")

    static let german = LetterPhrases(
        titles: ["Zahlungserinnerung", "Mahnung", "Letzte Mahnung"], greeting: "Sehr geehrte Damen und Herren,",
        openings: [
            "sicher sind Ihnen diese Rechnungen nur entgangen. Bitte zahlen Sie den unten genannten Betrag.",
            "Ihre Zahlung ist noch nicht bei uns eingegangen. Bitte gleichen Sie den unten genannten Betrag umgehend aus.",
            "trotz unserer Erinnerungen sind diese Rechnungen noch offen. Geht der unten genannte Betrag nicht rechtzeitig "
                + "ein, leiten wir ohne weitere Ankündigung die nächsten Schritte ein.",
        ],
        notice: "Mahnung Nr.", draft: "Entwurf, nicht freigegeben", date: "Datum", customer: "Kunde",
        taxID: "USt-IdNr.",
        invoice: "Rechnung", issued: "Datum", due: "Fällig", days: "Tage überfällig", level: "Stufe", open: "Offen",
        interest: "Zinsen",
        sumOpen: "Offene Rechnungen", sumCharges: "Aus früheren Mahnungen", sumInterest: "Zinsen",
        compensation: "Verzugspauschale", fee: "Mahngebühr", credit: "Ihr Guthaben, abgezogen", total: "Zu zahlen",
        most: "höchstens", tax: "USt.", computation: "So wurden Zinsen und Kosten berechnet",
        percentSign: " %", sum: "Summe", rounded: { ", gerundet \($0)" },
        posted: { ", abzüglich \($0) aus früheren Mahnungen = \($1)" },
        postedMore: { "; frühere Mahnungen berechneten \($0), daher werden \($1) mit späteren Zinsen verrechnet" },
        span: { "\($0) bis \($1)" },
        basis: "Grundlage", pay: "Bitte zahlen Sie bis zum", account: "Konto", bank: "Bank",
        reference: "Verwendungszweck",
        crossed: "Haben Sie inzwischen gezahlt, so betrachten Sie dieses Schreiben bitte als erledigt.",
        contact: "Rückfragen", groups: ".", point: ",")

    static let chinese = LetterPhrases(
        titles: ["付款提醒", "催款函", "最后催款通知"], greeting: "尊敬的客户：",
        openings: [
            "以下发票已逾期，或因疏漏尚未付款。请支付下列款项。",
            "我们尚未收到贵方付款，请尽快付清下列款项。",
            "经多次提醒，以下发票仍未付清。如未按期收到下列款项，我们将采取进一步措施，恕不另行通知。",
        ],
        notice: "通知编号", draft: "草稿，未批准", date: "日期", customer: "客户", taxID: "税号",
        invoice: "发票", issued: "开票日", due: "到期日", days: "逾期天数", level: "催款级别", open: "未付金额",
        interest: "利息",
        sumOpen: "未付发票合计", sumCharges: "此前通知的未付费用", sumInterest: "利息", compensation: "追偿费用补偿", fee: "催款费",
        credit: "贵方预存款（已扣除）", total: "应付总额", most: "最高", tax: "税", computation: "利息及费用计算方法",
        percentSign: "%", sum: "合计", rounded: { "，四舍五入 \($0)" },
        posted: { "，扣除此前通知已计 \($0) = \($1)" },
        postedMore: { "；此前通知已计 \($0)，多计的 \($1) 将与以后利息抵扣" }, span: { "\($0) 至 \($1)" },
        basis: "依据", pay: "请于此日前付款", account: "账号", bank: "开户行", reference: "付款附言",
        crossed: "如贵方已付款，请忽略此函。", contact: "联系方式", groups: ",", point: ".")
}

extension LetterPhrases {
    /// A plain decimal with the language's separators: `1234.50` is `1,234.50` or `1.234,50`.
    func local(_ decimal: String) -> String {
        let isNegative = decimal.hasPrefix("-")
        let parts = decimal.drop { $0 == "-" }.split(separator: ".")
        var whole = ""
        for (index, digit) in parts[0].enumerated() {
            if index > 0, (parts[0].count - index) % 3 == 0 { whole += groups }
            whole.append(digit)
        }
        return (isNegative ? "-" : "") + whole + (parts.count == 2 ? point + parts[1] : "")
    }
}
