/// What stands on the printed letter alone.
struct SheetPhrases: Sendable {
    let page: @Sendable (_ page: Int, _ of: Int) -> String
    let carriedOver, broughtForward, scan, amount: String

    static func of(_ language: String) -> SheetPhrases {
        switch language.prefix(2).lowercased() {
        case "zh": chinese
        case "de": german
        default: english
        }
    }

    private static let english = SheetPhrases(
        page: { "Page \($0) of \($1)" }, carriedOver: "Carried over", broughtForward: "Brought forward",
        scan: "Scan to pay", amount: "Amount")

    private static let german = SheetPhrases(
        page: { "Seite \($0) von \($1)" }, carriedOver: "Übertrag", broughtForward: "Übertrag",
        scan: "Zahlen mit Code", amount: "Betrag")

    private static let chinese = SheetPhrases(
        page: { "第 \($0) 页，共 \($1) 页" }, carriedOver: "转下页", broughtForward: "承上页", scan: "扫码付款",
        amount: "金额")
}
