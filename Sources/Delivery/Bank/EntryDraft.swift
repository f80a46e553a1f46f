import Domain

/// An entry while it is read: texts, until it closes and the account's currency is applied.
struct EntryDraft {
    struct Amount {
        var text: String
        var currency: String
        var line: Int
    }

    struct Charge {
        var amount: Amount
        var isCredit = false
        var isIncluded = false
    }

    struct Detail {
        var value = BankDetail()
        var amount, transaction, instructed: Amount?
        var charges: [Charge] = []
    }

    /// A detail is some hundred bytes; banks split longer batches.
    private static let maximumDetails = 100_000

    private var entry = BankEntry()
    private var amount: Amount?
    private var status, sign: String?
    private var charges: [Charge] = []
    private var details: [Detail] = []
    private var isInDetail = false
    private var reject: (line: Int, Reject)?

    var line: Int { entry.line }

    init(statement: Int, ordinal: Int, line: Int) {
        (entry.statement, entry.ordinal, entry.line) = (statement, ordinal, line)
    }

    /// - Throws: `XMLStream.Mistake` for a batch that would fill the memory.
    mutating func take(_ token: XMLStream.Token) throws(XMLStream.Mistake) {
        if token.field == .detail {
            isInDetail = !token.isClosing
            if isInDetail { details.append(Detail()) }
            guard details.count <= Self.maximumDetails else {
                throw .init(
                    line: token.line, code: "batch_too_large",
                    what: "an entry has more than \(Self.maximumDetails) transactions")
            }
        } else if token.isClosing {
            if isInDetail {
                Self.read(token, into: &details[details.count - 1])
            } else {
                read(token)
            }
        }
    }

    private mutating func read(_ token: XMLStream.Token) {
        let text = token.text.isEmpty ? nil : token.text
        switch token.field {
        case .entryReference: entry.reference = text
        case .serviceReference: entry.serviceReference = text
        case .amount: amount = Amount(token)
        case .sign: sign = text
        case .reversal: entry.isReversal = token.text == "true" || token.text == "1"
        // Where the status is a choice, its code closes before the empty element around it.
        case .status: status = text ?? status
        case .bookedOn: entry.bookedOn = date(token)
        case .valueOn: entry.valueOn = date(token)
        case .chargeAmount, .chargeSign, .chargeIncluded: Self.read(token, into: &charges)
        default: break
        }
    }

    private static func read(_ token: XMLStream.Token, into detail: inout Detail) {
        let text = token.text.isEmpty ? nil : token.text
        switch token.field {
        case .serviceReference: detail.value.serviceReference = text
        case .transactionID: detail.value.transactionID = text
        case .endToEnd: detail.value.endToEnd = text
        case .amount: detail.amount = Amount(token)
        case .transactionAmount: detail.transaction = Amount(token)
        case .instructedAmount: detail.instructed = Amount(token)
        case .sign: detail.value.isCredit = token.text == "CRDT"
        case .structuredReference: detail.value.structuredReference = detail.value.structuredReference ?? text
        case .unstructured, .documentNumber:
            detail.value.remittance += (detail.value.remittance.isEmpty ? "" : "\n") + token.text
        case .debtorName: detail.value.debtorName = text
        case .debtorAccount: detail.value.debtorAccount = text?.filter { !$0.isWhitespace }
        case .returned: detail.value.isReturned = true
        case .chargeAmount, .chargeSign, .chargeIncluded: read(token, into: &detail.charges)
        default: break
        }
    }

    private static func read(_ token: XMLStream.Token, into charges: inout [Charge]) {
        if token.field == .chargeAmount { charges.append(Charge(amount: Amount(token))) }
        guard !charges.isEmpty else { return }
        if token.field == .chargeSign { charges[charges.count - 1].isCredit = token.text == "CRDT" }
        if token.field == .chargeIncluded {
            charges[charges.count - 1].isIncluded = token.text == "true" || token.text == "1"
        }
    }

    /// A day, or the day of an instant as the bank's clock has it.
    private mutating func date(_ token: XMLStream.Token) -> CalendarDate? {
        let date = CalendarDate(token.text.prefix(10))
        if date == nil, reject == nil {
            let column = token.field == .bookedOn ? "booked_on" : "value_on"
            reject = (
                token.line, Reject(.invalidDate, column: column, value: token.text, "not a date such as 2026-03-31")
            )
        }
        return date
    }

    /// - Throws: `RejectedLine` with the line of what is wrong.
    func finish(in currency: Currency) throws(RejectedLine) -> BankEntry {
        if let reject { throw RejectedLine(line: reject.line, reject.1) }
        var entry = entry
        guard let status = status.flatMap(BankEntry.Status.init) else {
            throw wrong(.unknownValue, "status", status, "an entry's status is BOOK, PDNG, INFO or FUTR")
        }
        entry.status = status
        guard let sign, sign == "CRDT" || sign == "DBIT" else {
            throw wrong(.unknownValue, "credit_debit", sign, "an entry is CRDT or DBIT")
        }
        entry.isCredit = sign == "CRDT"
        guard let amount else { throw wrong(.missingValue, "amount", nil, "an entry has an amount") }
        entry.minor = try amount.minor(in: currency)
        entry.bookedOn = entry.bookedOn ?? entry.valueOn
        guard entry.bookedOn != nil || status != .booked else {
            throw wrong(.missingValue, "booked_on", nil, "a booked entry has a booking date")
        }
        entry.charges = try Self.charges(charges, in: currency)
        for draft in details {
            var detail = draft.value
            // Another currency is told beside the account's own, and settles nothing here.
            let transaction = try draft.transaction?.minor(ifIn: currency)
            detail.minor = try draft.amount?.minor(ifIn: currency)
            detail.instructedMinor = try draft.instructed?.minor(ifIn: currency)
            detail.minor = detail.minor ?? transaction
            detail.instructedMinor = detail.instructedMinor ?? transaction
            detail.charges = try Self.charges(draft.charges, in: currency)
            entry.details.append(detail)
        }
        return entry
    }

    private func wrong(_ reason: Reject.Reason, _ column: String, _ value: String?, _ text: String) -> RejectedLine {
        RejectedLine(line: entry.line, Reject(reason, column: column, value: value, text))
    }

    private static func charges(_ charges: [Charge], in currency: Currency) throws(RejectedLine) -> BankCharges {
        var sum = BankCharges()
        for charge in charges where !charge.isCredit {
            guard let minor = try charge.amount.minor(ifIn: currency) else { continue }
            if charge.isIncluded { sum.deductedMinor += minor } else { sum.otherMinor += minor }
            guard max(sum.deductedMinor, sum.otherMinor) <= Amount.maximumMinor else {
                throw charge.amount.rejected(.outOfRange, charge.amount.text, "charges have at most 18 digits together")
            }
        }
        return sum
    }
}

extension EntryDraft.Amount {
    init(_ token: XMLStream.Token) {
        self.init(text: token.text, currency: token.currency, line: token.line)
    }

    /// Nil in another currency.
    func minor(ifIn account: Currency) throws(RejectedLine) -> Int? {
        currency == account.code ? try minor(in: account) : nil
    }

    func minor(in account: Currency) throws(RejectedLine) -> Int {
        guard currency == account.code else {
            throw rejected(.unknownCurrency, currency, "the account is kept in \(account)")
        }
        let money: Money
        do throws(Money.Mistake) {
            money = try Money(text, currency: account)
        } catch {
            switch error {
            case .notANumber: throw rejected(.invalidNumber, text, "not a decimal with a point such as 1234.50")
            case .tooManyDigits:
                throw rejected(.tooManyDigits, text, "\(account) has \(account.minorDigits) digits after the point")
            case .outOfRange: throw rejected(.outOfRange, text, "too large")
            }
        }
        // ISO 20022: at most 18 digits, and the sign stands beside it.
        guard (0...Self.maximumMinor).contains(money.minor) else {
            throw rejected(.outOfRange, text, "an amount has at most 18 digits and no sign")
        }
        return money.minor
    }

    static let maximumMinor = 999_999_999_999_999_999

    fileprivate func rejected(_ reason: Reject.Reason, _ value: String, _ text: String) -> RejectedLine {
        RejectedLine(line: line, Reject(reason, column: "amount", value: value, text))
    }
}
