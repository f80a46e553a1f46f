/// How overdue invoices are dunned.
package struct DunningPolicy: Codable, Sendable, Hashable {
    package var procedures: [DunningProcedure] = []
    /// The procedure where nothing nearer to the invoice names one.
    package var standard: String?
    /// Procedures by the customers' group.
    package var groups: [String: String] = [:]
    /// Procedures by the creditor's code.
    package var creditors: [String: String] = [:]
    /// Notices whose total is above the limit of their currency wait for a person, who is not the one that proposed
    /// them. Empty: every notice is approved by the run.
    package var approvalAbove: [Money] = []
    /// A promise is kept when the money is there so many days after the promised one.
    package var promiseTolerance = 3

    package init(procedures: [DunningProcedure] = [], standard: String? = nil) {
        self.procedures = procedures
        self.standard = standard
    }

    /// Invoice, contract, customer, customer group, creditor, standard: what the nearest that names a procedure names.
    package func nameOfProcedure(
        invoice: String?, contract: String?, customer: String?, group: String?, creditor: String?
    ) -> String? {
        invoice ?? contract ?? customer ?? group.flatMap { groups[$0] } ?? creditor.flatMap { creditors[$0] }
            ?? standard
    }

    /// An accepted notice from before so many days stands in nobody's way.
    package var longestInterval: Int { procedures.lazy.map(\.minimumInterval).max() ?? 0 }

    /// Some level asks for a part of the account.
    package var asksForPercent: Bool { procedures.contains { $0.levels.contains { $0.minimumPercent > 0 } } }
}

package struct DunningProcedure: Codable, Sendable, Hashable {
    package var name: String
    /// An invoice is left alone until it is overdue by more than this many days; grace moves no level.
    package var graceDays: Int = 0
    /// Days between two notices to the same customer.
    package var minimumInterval: Int = 7
    package var levels: [DunningLevel]
    /// Simple interest on the open amount, from the day after due; nil is none.
    package var interest: InterestTerms?
    /// A flat sum for the creditor's costs of collecting, once an invoice; nil is none.
    package var compensation: Compensation?
    /// In which order a payment closes an invoice and what was charged for it; nil is costs first.
    package var payments: PaymentOrder?

    package init(name: String, levels: [DunningLevel]) {
        self.name = name
        self.levels = levels
    }
}

package struct DunningLevel: Codable, Sendable, Hashable {
    /// Reached when an invoice is overdue by at least this many days.
    package var afterDays: Int
    /// What a notice at this level costs the customer, by currency.
    package var fees: [NoticeFee] = []
    /// Interest is charged at this level, and with it compensation.
    package var chargesInterest: Bool = false
    /// The customer has this many days to pay.
    package var payWithin: Int = 7
    /// A run may pass over it to a higher one.
    package var isSkippable = false
    /// What the invoices of this level and above must come to at least, by currency; empty is any amount.
    package var minimums: [Money] = []
    /// And what part of all that is open on the account, in percent.
    package var minimumPercent = 0
    /// The notice is repeated every so many days while an invoice stays at this level; nil is never.
    package var repeatEvery: Int?
    /// How the notice goes out: the first way that the customer can be reached by, the next when it comes back.
    package var channels: [DunningChannel] = [.mail]

    package init(afterDays: Int) { self.afterDays = afterDays }
}

/// How a notice goes out.
package enum DunningChannel: String, Codable, Sendable, CaseIterable {
    /// An e-mail to the customer: accepted when their server takes it.
    case mail
    /// A letter by post: accepted when somebody confirms that it was posted.
    case letter
    /// Finance telephones.
    case call
    /// The customer's account manager speaks with them.
    case accountManager = "account-manager"
    /// Delivery stops working for the customer.
    case stopDeliveries = "stop-deliveries"
    /// The file goes to a lawyer.
    case legal

    /// Somebody in the house does it, and confirms it.
    package var isTask: Bool { self != .mail && self != .letter }
}

extension DunningLevel {
    /// The first way after `channel` (the first of all when it is nil) by which the customer can be reached; finance
    /// telephones where none is left.
    package func channel(after channel: DunningChannel? = nil, hasEmail: Bool, hasAddress: Bool) -> DunningChannel {
        let rest = channel.flatMap(channels.firstIndex).map { channels[($0 + 1)...] } ?? channels[...]
        return rest.first { $0 == .mail ? hasEmail : $0 == .letter ? hasAddress : true } ?? .call
    }
}

extension DunningPolicy {
    private enum CodingKeys: String, CodingKey {
        case procedures, standard, groups, creditors, approvalAbove, promiseTolerance
    }

    /// Versions that were stored before a rule had a part are read as without it.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        procedures = try container.decode([DunningProcedure].self, forKey: .procedures)
        standard = try container.decodeIfPresent(String.self, forKey: .standard)
        groups = try container.decodeIfPresent([String: String].self, forKey: .groups) ?? [:]
        creditors = try container.decodeIfPresent([String: String].self, forKey: .creditors) ?? [:]
        approvalAbove = try container.decode([Money].self, forKey: .approvalAbove)
        promiseTolerance = try container.decodeIfPresent(Int.self, forKey: .promiseTolerance) ?? 3
    }
}

extension DunningLevel {
    private enum CodingKeys: String, CodingKey {
        case afterDays, fees, chargesInterest, payWithin, isSkippable, minimums, minimumPercent, repeatEvery, channels
    }

    /// Versions that were stored before a level had a part are read as without it.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        afterDays = try container.decode(Int.self, forKey: .afterDays)
        fees = try container.decode([NoticeFee].self, forKey: .fees)
        chargesInterest = try container.decode(Bool.self, forKey: .chargesInterest)
        payWithin = try container.decode(Int.self, forKey: .payWithin)
        isSkippable = try container.decodeIfPresent(Bool.self, forKey: .isSkippable) ?? false
        minimums = try container.decodeIfPresent([Money].self, forKey: .minimums) ?? []
        minimumPercent = try container.decodeIfPresent(Int.self, forKey: .minimumPercent) ?? 0
        repeatEvery = try container.decodeIfPresent(Int.self, forKey: .repeatEvery)
        channels = try container.decodeIfPresent([DunningChannel].self, forKey: .channels) ?? [.mail]
    }
}
