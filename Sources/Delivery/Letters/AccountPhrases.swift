/// What statements and letters of reconciliation say, in one language.
struct AccountPhrases: Sendable {
    let statement, reconciliation, greeting: String
    let number, date, customer, contact, taxID: String
    let reference, kind, day, due, amount, balance: String
    let opening, closing: String
    /// The balance in favour of the creditor, or of the customer.
    let owed, credit: String
    let period: @Sendable (_ from: String, _ until: String) -> String
    let request: @Sendable (_ day: String) -> String
    /// Of the mail that brings a letter.
    let mail: @Sendable (_ day: String, _ file: String) -> String
    let noItems, tearOff: String
    let agrees: @Sendable (_ balance: String, _ day: String) -> String
    let differs, ourBalance, reason, signature: String
    let kinds: [String: String]

    /// The customer's language first, English beside it; English alone where we have no phrases of theirs.
    static func of(_ language: String) -> [AccountPhrases] {
        switch language.prefix(2).lowercased() {
        case "zh": [chinese, english]
        case "de": [german, english]
        default: [english]
        }
    }

    static let english = AccountPhrases(
        statement: "Statement of account", reconciliation: "Request to confirm a balance",
        greeting: "Dear Sir or Madam,", number: "Letter", date: "Date", customer: "Customer", contact: "Questions",
        taxID: "Tax ID", reference: "Reference", kind: "What", day: "Date", due: "Due", amount: "Amount",
        balance: "Balance", opening: "Opening balance", closing: "Closing balance", owed: "Balance in our favour",
        credit: "Balance in your favour", period: { "From \($0) to \($1)" },
        request: {
            "according to our books, these items of your account were open on \($0). Please compare them with your books, fill in "
                + "the part below and return it to us. This letter asks for no payment."
        },
        mail: {
            "please compare the items of your account that are open in our books on \($0) with your books, and return the part at "
                + "the end of the attached letter (\($1)) to us. It asks for no payment."
        },
        noItems: "No item was open.", tearOff: "Please detach and return to",
        agrees: { "We agree: the balance on \($1) is \($0)." }, differs: "We do not agree.",
        ourBalance: "Balance by our books:", reason: "Difference and reason:", signature: "Date, stamp, signature:",
        kinds: [
            "invoice": "Invoice", "credit_note": "Credit note", "fee": "Fee", "interest": "Interest",
            "compensation": "Compensation", "correction": "Correction", "receipt": "Payment", "draft": "Bank draft",
            "receipt_reversal": "Payment returned", "write_off": "Write-off", "discount_taken": "Discount",
            "small_difference": "Small difference", "closed_in_source": "Settled",
            "notice_reversed": "Charge withdrawn", "not_owed": "Charge corrected",
            "transfer": "Transfer",
        ])

    static let german = AccountPhrases(
        statement: "Kontoauszug", reconciliation: "Saldenbestätigung", greeting: "Sehr geehrte Damen und Herren,",
        number: "Schreiben", date: "Datum", customer: "Kunde", contact: "Rückfragen", taxID: "USt-IdNr.",
        reference: "Beleg", kind: "Vorgang", day: "Datum", due: "Fällig", amount: "Betrag", balance: "Saldo",
        opening: "Anfangssaldo", closing: "Endsaldo", owed: "Saldo zu unseren Gunsten",
        credit: "Saldo zu Ihren Gunsten", period: { "Vom \($0) bis \($1)" },
        request: {
            "nach unseren Büchern waren am \($0) diese Posten Ihres Kontos offen. Bitte vergleichen Sie sie mit Ihren Büchern, "
                + "füllen Sie den unteren Abschnitt aus und senden Sie ihn zurück. Dies ist keine Zahlungsaufforderung."
        },
        mail: {
            "bitte vergleichen Sie die Posten Ihres Kontos, die nach unseren Büchern am \($0) offen waren, mit Ihren Büchern und "
                + "senden Sie den Abschnitt am Ende des beigefügten Schreibens (\($1)) zurück. Dies ist keine Zahlungsaufforderung."
        },
        noItems: "Es war kein Posten offen.", tearOff: "Bitte abtrennen und zurücksenden an",
        agrees: { "Wir stimmen zu: Der Saldo am \($1) beträgt \($0)." }, differs: "Wir stimmen nicht zu.",
        ourBalance: "Saldo nach unseren Büchern:", reason: "Differenz und Grund:",
        signature: "Datum, Stempel, Unterschrift:",
        kinds: [
            "invoice": "Rechnung", "credit_note": "Gutschrift", "fee": "Gebühr", "interest": "Zinsen",
            "compensation": "Pauschale", "correction": "Berichtigung", "receipt": "Zahlung", "draft": "Wechsel",
            "receipt_reversal": "Rücklastschrift", "write_off": "Ausbuchung", "discount_taken": "Skonto",
            "small_difference": "Kleindifferenz", "closed_in_source": "Ausgeglichen", "notice_reversed": "Storno",
            "not_owed": "Storno",
            "transfer": "Umbuchung",
        ])

    static let chinese = AccountPhrases(
        statement: "客户对账单", reconciliation: "对账函", greeting: "尊敬的客户：", number: "函号", date: "日期", customer: "客户",
        contact: "联系方式", taxID: "税号", reference: "单据号", kind: "业务", day: "日期", due: "到期日", amount: "金额",
        balance: "余额", opening: "期初余额", closing: "期末余额", owed: "贵方应付余额", credit: "贵方预存余额",
        period: { "自 \($0) 至 \($1)" },
        request: { "根据我方账簿记录，截至 \($0)，贵方账户有下列未结项目。请与贵方账簿核对，填写下方回执并寄回我方。本函仅用于核对账目，并非催款。" },
        mail: { "请将截至 \($0) 我方账簿中贵方账户的未结项目与贵方账簿核对，填写附件对账函（\($1)）末尾的回执并回复我方。本函仅用于核对账目，并非催款。" },
        noItems: "无未结项目。", tearOff: "请沿线剪下并寄回", agrees: { "核对相符：截至 \($1)，余额为 \($0)。" }, differs: "核对不符。",
        ourBalance: "我方账面余额：", reason: "差额及原因：", signature: "日期、盖章、签字：",
        kinds: [
            "invoice": "发票", "credit_note": "贷项通知单", "fee": "手续费", "interest": "利息", "compensation": "赔偿金",
            "correction": "更正", "receipt": "收款", "draft": "承兑汇票", "receipt_reversal": "退款冲回", "write_off": "核销",
            "discount_taken": "现金折扣", "small_difference": "尾差", "closed_in_source": "已结清",
            "notice_reversed": "费用撤销", "not_owed": "费用更正", "transfer": "转账",
        ])
}

extension [AccountPhrases] {
    /// On one line: `日期 / Date`.
    func line(_ part: (AccountPhrases) -> String) -> String { map(part).joined(separator: " / ") }
    /// Below each other, as titles of columns.
    func lines(_ part: (AccountPhrases) -> String) -> String { map(part).joined(separator: "\n") }
    func kind(_ code: String) -> String { line { $0.kinds[code] ?? code } }
}
