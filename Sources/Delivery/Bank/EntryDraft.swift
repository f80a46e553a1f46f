import Domain

/// An entry while it is read: texts, until it closes and the account's currency is applied.
struct EntryDraft {
    struct Charge {
        var amount: CamtAmount
        var isCredit = false
        var isIncluded = false
        /// The sum of the others, which say more where they are there.
        var isTotal = false
    }

    struct Block {
        var documents: [String] = []
        var reference: String?
        var amount: CamtAmount?

        /// A block may be about several documents, and then says of none what it gets.
        func remitted(in currency: Currency) -> RemittedAmount? {
            guard documents.count < 2, let document = documents.first ?? reference, let amount,
                // The payer's words: what is wrong with them is no fault of the statement.
                let minor = try? amount.minor(ifIn: currency)
            else { return nil }
            return RemittedAmount(document: document, minor: minor)
        }
    }

    struct Detail {
        var value = BankDetail()
        var amount, transaction, instructed: CamtAmount?
        var charges: [Charge] = []
        /// Of each block of structured remittance what it is about, and what is paid for it.
        var blocks: [Block] = []
        /// What the bank writes about it, which is all where it repeats no words of the payer's.
        var information = ""
    }

    /// External codes of ISO 20022 (BkTxCd) for payments that go back: returned, cancelled or unpaid.
    private static let returns: Set = [
        "RRTN", "RPCR", "UPCT", "UPDD", "PRDD", "RCDD", "UPCQ", "CQRV",
    ]

    /// Bytes of an entry with all its details; banks split longer batches.
    private static let maximumSize = 1 << 26

    private var entry = BankEntry()
    private var amount: CamtAmount?
    private var status, sign: String?
    private var charges: [Charge] = []
    private var details: [Detail] = []
    /// Of the entry as a whole: those of its only transaction, which may not repeat them.
    private var transaction, instructed: CamtAmount?
    private var isInDetail = false
    private var size = 0
    private var reject: (line: Int, Reject)?

    var line: Int { entry.line }

    init(statement: Int, ordinal: Int, line: Int) {
        (entry.statement, entry.ordinal, entry.line) = (statement, ordinal, line)
    }

    /// - Throws: `XMLStream.Mistake` for a batch that would fill the memory.
    mutating func take(_ token: XMLStream.Token) throws(XMLStream.Mistake) {
        // What is kept costs about so much beside its text.
        size += token.text.utf8.count + (token.field == .detail ? 256 : 32)
        guard size <= Self.maximumSize else {
            throw .init(
                line: token.line, code: "batch_too_large",
                what: "an entry with its transactions is larger than \(Self.maximumSize) bytes")
        }
        if token.field == .detail {
            isInDetail = !token.isClosing
            if isInDetail { details.append(Detail()) }
        } else if token.field == .structured {
            if isInDetail, !token.isClosing { details[details.count - 1].blocks.append(Block()) }
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
        case .amount: amount = CamtAmount(token)
        case .sign: sign = text
        case .reversal: entry.isReversal = entry.isReversal || token.text == "true" || token.text == "1"
        // Where the status is a choice, its code closes before the empty element around it.
        case .status: status = text ?? status
        case .bookedOn: entry.bookedOn = date(token)
        case .valueOn: entry.valueOn = date(token)
        case .familyCode: entry.isReversal = entry.isReversal || Self.returns.contains(token.text)
        case .information: entry.information = text
        case .transactionAmount: transaction = CamtAmount(token)
        case .instructedAmount: instructed = CamtAmount(token)
        case .chargeAmount, .chargeSign, .chargeIncluded, .chargeTotal: Self.read(token, into: &charges)
        default: break
        }
    }

    private static func read(_ token: XMLStream.Token, into detail: inout Detail) {
        let text = token.text.isEmpty ? nil : token.text
        if !detail.blocks.isEmpty { read(token, into: &detail.blocks[detail.blocks.count - 1]) }
        switch token.field {
        case .serviceReference: detail.value.serviceReference = text
        case .transactionID: detail.value.transactionID = text
        case .endToEnd: detail.value.endToEnd = text
        case .amount: detail.amount = CamtAmount(token)
        case .transactionAmount: detail.transaction = CamtAmount(token)
        case .instructedAmount: detail.instructed = CamtAmount(token)
        case .sign: detail.value.isCredit = token.text == "CRDT"
        case .structuredReference where detail.value.structuredReference == nil:
            detail.value.structuredReference = text
        // A transaction may have more than one reference: those that follow are looked for among the words.
        case .unstructured, .documentNumber, .structuredReference, .additionalWords:
            detail.value.remittance += (detail.value.remittance.isEmpty ? "" : "\n") + token.text
        case .information: detail.information = token.text
        case .debtorName: detail.value.debtorName = text
        case .debtorAccount: detail.value.debtorAccount = text?.filter { !$0.isWhitespace }
        case .returned: detail.value.isReturned = true
        case .familyCode: detail.value.isReturned = detail.value.isReturned || returns.contains(token.text)
        case .chargeAmount, .chargeSign, .chargeIncluded, .chargeTotal: read(token, into: &detail.charges)
        default: break
        }
    }

    private static func read(_ token: XMLStream.Token, into block: inout Block) {
        switch token.field {
        case .documentNumber where !token.text.isEmpty: block.documents.append(token.text)
        case .structuredReference where !token.text.isEmpty: block.reference = token.text
        case .remittedAmount: block.amount = CamtAmount(token)
        default: break
        }
    }

    private static func read(_ token: XMLStream.Token, into charges: inout [Charge]) {
        if token.field == .chargeTotal { charges.append(Charge(amount: CamtAmount(token), isTotal: true)) }
        if token.field == .chargeAmount { charges.append(Charge(amount: CamtAmount(token))) }
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
        guard entry.minor <= Money.largest else {
            throw amount.rejected(
                .outOfRange, amount.text, "more than \(Money(minor: Money.largest, currency: currency))")
        }
        entry.bookedOn = entry.bookedOn ?? entry.valueOn
        guard entry.bookedOn != nil || status != .booked else {
            throw wrong(.missingValue, "booked_on", nil, "a booked entry has a booking date")
        }
        entry.charges = try Self.charges(charges, in: currency)
        for var draft in details {
            if details.count == 1 {
                draft.transaction = draft.transaction ?? transaction
                draft.instructed = draft.instructed ?? instructed
            }
            var detail = draft.value
            // Another currency is told beside the account's own, and settles nothing here.
            let transaction = try draft.transaction?.minor(ifIn: currency)
            detail.minor = try draft.amount?.minor(ifIn: currency)
            detail.instructedMinor = try draft.instructed?.minor(ifIn: currency)
            detail.minor = detail.minor ?? transaction
            // What was transacted may be what was ordered, or only what was booked, once more.
            let booked = details.count == 1 ? entry.minor : detail.minor ?? entry.minor
            detail.instructedMinor = detail.instructedMinor ?? (transaction == booked ? nil : transaction)
            detail.charges = try Self.charges(draft.charges, in: currency)
            detail.remitted = draft.blocks.compactMap { $0.remitted(in: currency) }
            if detail.remittance.isEmpty { detail.remittance = draft.information }
            entry.details.append(detail)
        }
        return entry
    }

    private func wrong(_ reason: Reject.Reason, _ column: String, _ value: String?, _ text: String) -> RejectedLine {
        RejectedLine(line: entry.line, Reject(reason, column: column, value: value, text))
    }

    private static func charges(_ charges: [Charge], in currency: Currency) throws(RejectedLine) -> BankCharges {
        var sum = BankCharges()
        let single = charges.filter { !$0.isTotal }
        for charge in single.isEmpty ? charges : single where !charge.isCredit {
            guard let minor = try charge.amount.minor(ifIn: currency) else { continue }
            if charge.isIncluded { sum.deductedMinor += minor } else { sum.otherMinor += minor }
            guard max(sum.deductedMinor, sum.otherMinor) <= CamtAmount.maximumMinor else {
                throw charge.amount.rejected(.outOfRange, charge.amount.text, "charges have at most 18 digits together")
            }
        }
        return sum
    }
}
