import Domain

/// A statement while it is read.
struct StatementDraft {
    private struct Balance {
        var code = ""
        var amount: CamtAmount?
        var isCredit = true
        var day: CalendarDate?
    }

    let ordinal, line: Int
    private(set) var id, sequence, createdAt, account: String?
    /// From 1; nil when the bank does not divide its statements. The pages of one have one id.
    private var page: Int?
    private var currencyCode: String?
    private var balances: [Balance] = []
    private var contentKey = ContentKey()
    /// Entries begun, and those of them that are booked, with the sum of these.
    var begun = 0
    private var booked = 0
    private var bookedMinor: Int128 = 0

    /// - Parameter page: of the message, where it is one of several.
    init(ordinal: Int, line: Int, page: Int?) { (self.ordinal, self.line, self.page) = (ordinal, line, page) }

    /// The account's; where it is not said, that of the first balance.
    var currency: Currency? { (currencyCode ?? balances.first?.amount?.currency).flatMap(Currency.init) }

    mutating func take(_ token: XMLStream.Token) throws(XMLStream.Mistake) {
        guard token.isClosing else {
            if token.field == .balance { balances.append(Balance()) }
            // The standard has about twenty kinds of balances, by day.
            guard balances.count <= 1000 else {
                throw .init(
                    line: token.line, code: "too_many_balances", what: "a statement has more than 1000 balances")
            }
            return
        }
        // The same statement may be written again on another day, or in a version in which a status is a block; what is read of blocks
        // of remittance beside their words came later.
        let isBlock = token.field == .status && token.text.isEmpty
        if !isBlock, ![.createdAt, .structured, .remittedAmount].contains(token.field) {
            contentKey.add(token.currency)
            contentKey.add(token.text)
        }
        let last = balances.count - 1
        switch token.field {
        case .statementID: id = token.text
        case .statementPage: page = Int(token.text) ?? page
        case .sequence: sequence = token.text
        case .createdAt: createdAt = token.text
        case .account: account = account ?? token.text.filter { !$0.isWhitespace }
        case .accountCurrency: currencyCode = token.text
        case .balanceCode where last >= 0: balances[last].code = token.text
        case .balanceAmount where last >= 0: balances[last].amount = CamtAmount(token)
        case .balanceSign where last >= 0: balances[last].isCredit = token.text != "DBIT"
        case .balanceDate where last >= 0: balances[last].day = CalendarDate(token.text.prefix(10))
        default: break
        }
    }

    mutating func add(_ entry: BankEntry) {
        guard entry.status == .booked else { return }
        booked += 1
        bookedMinor += Int128(entry.signedMinor)
    }

    /// - Throws: `RejectedLine` for what every statement has and this one has not.
    func finish() throws(RejectedLine) -> BankStatement {
        guard let id, !id.isEmpty else { throw missing("statement", "a statement has an id (Stmt/Id)") }
        guard let account, !account.isEmpty else { throw missing("account", "a statement names its account (Acct/Id)") }
        guard let currency else {
            throw RejectedLine(
                line: line,
                Reject(
                    .unknownCurrency, column: "currency", value: currencyCode ?? balances.first?.amount?.currency,
                    "the account has a currency of ISO 4217 (Acct/Ccy)"))
        }
        // A page of a statement begins and ends with interim balances.
        let interim = balances.filter { $0.code == "ITBD" }
        let (begun, before) = (
            try balance("OPBD", in: currency, isFurther: <), try balance("PRCD", in: currency, isFurther: >)
        )
        let ended = try balance("CLBD", in: currency, isFurther: >)
        let opening = begun ?? before ?? interim.first
        let closing = ended ?? interim.dropFirst(begun ?? before == nil ? 1 : 0).last
        guard let opening, let closing else {
            throw missing("balance", "a statement has an opening (OPBD, PRCD) and a closing balance (CLBD)")
        }
        return BankStatement(
            ordinal: ordinal, line: line, id: page.map { $0 > 1 ? "\(id) page \($0)" : id } ?? id, sequence: sequence,
            createdAt: createdAt, account: account,
            currency: currency, openingMinor: try minor(opening, currency), openingOn: opening.day,
            closingMinor: try minor(closing, currency), closingOn: closing.day, entries: booked,
            bookedMinor: bookedMinor, contentKey: contentKey.text)
    }

    /// A statement of several days may have one for each: the outermost counts.
    private func balance(
        _ code: String, in currency: Currency, isFurther: (CalendarDate, CalendarDate) -> Bool
    ) throws(RejectedLine) -> Balance? {
        var outermost: Balance?
        for balance in balances where balance.code == code {
            guard let other = outermost else {
                outermost = balance
                continue
            }
            if let day = balance.day, let known = other.day, day != known {
                if isFurther(day, known) { outermost = balance }
            } else if try minor(balance, currency) != minor(other, currency) {
                throw RejectedLine(
                    line: balance.amount?.line ?? line,
                    Reject(
                        .unbalanced, column: "balance", value: balance.amount?.text,
                        "there are two balances \(code) that differ: \(other.amount?.text ?? "") and \(balance.amount?.text ?? "")"
                    ))
            }
        }
        return outermost
    }

    private func minor(_ balance: Balance, _ currency: Currency) throws(RejectedLine) -> Int {
        guard let amount = balance.amount else { throw missing("balance", "a balance has an amount (Amt)") }
        let minor = try amount.minor(in: currency)
        return balance.isCredit ? minor : -minor
    }

    private func missing(_ column: String, _ text: String) -> RejectedLine {
        RejectedLine(line: line, Reject(.missingValue, column: column, value: nil, text))
    }
}
