import Delivery
import Domain
import Foundation
import Postgres
package import Store

/// A stored notice without its lines.
typealias NoticeHead = DunningSQL.NoticesToPrint.Row

/// A stored notice with all that its letter, its mail and the register say of it.
struct NoticePaper: Sendable {
    let head: NoticeHead
    let letter: DunningLetter

    var notice: DunningNotice { letter.notice }

    /// Notices in the order of their ids.
    static func load(_ notices: [Int], in db: isolated Connection) throws -> [NoticePaper] {
        guard !notices.isEmpty else { return [] }
        let lines = Dictionary(grouping: try db.run(DunningSQL.NoticeLines(notices: notices)), by: \.notice)
        let charges = Dictionary(grouping: try db.run(DunningSQL.NoticeCharges(notices: notices)), by: \.notice)
        return try db.run(DunningSQL.NoticesToPrint(notices: notices)).map { head in
            try NoticePaper(head, lines[head.id] ?? [], charges[head.id] ?? [])
        }
    }

    static func one(_ notice: Int, in db: isolated Connection) throws -> NoticePaper {
        guard let paper = try load([notice], in: db).first else {
            throw Problem(.defect, "no_such_notice", "there is no notice \(notice)")
        }
        return paper
    }

    private init(
        _ head: NoticeHead, _ lines: [DunningSQL.NoticeLines.Row],
        _ charges: [DunningSQL.NoticeCharges.Row]
    ) throws {
        var notice = DunningNotice(
            procedure: head.procedure, currency: try Currency(stored: head.currency), level: head.level,
            items: try lines.map(DunningNotice.Item.init(stored:)), feeMinor: head.feeMinor,
            creditMinor: head.creditMinor, payBy: head.payBy, channel: DunningChannel(rawValue: head.channel) ?? .call)
        notice.charges = try charges.map(Charge.init(stored:))
        notice.feeComputation = try NoticeFee.Computation(stored: head.feeComputation)
        notice.compensationSource = head.compensationSource
        self.head = head
        letter = DunningLetter(
            number: head.number, runDate: head.runDate, notice: notice,
            creditor: .init(
                name: head.creditorName, address: head.creditorAddress, taxID: head.creditorTaxId,
                email: head.creditorEmail, iban: head.iban, account: head.account, bic: head.bic, bank: head.bank),
            debtor: .init(
                number: head.customerNumber, name: head.customerName, address: head.customerAddress,
                language: head.language))
    }
}

extension InterestComputation {
    /// `{}` is none.
    package init?(stored json: String) throws {
        guard let computation: Self = try decoded(stored: json) else { return nil }
        self = computation
    }
}

extension NoticeFee.Computation {
    /// `{}` is none.
    package init?(stored json: String) throws {
        guard let computation: Self = try decoded(stored: json) else { return nil }
        self = computation
    }
}

private func decoded<Computation: Decodable>(stored json: String) throws -> Computation? {
    guard json.filter({ !$0.isWhitespace }) != "{}" else { return nil }
    return try JSONDecoder().decode(Computation.self, from: Data(json.utf8))
}

extension DunningNotice {
    var storedFeeComputation: String {
        get throws {
            try feeComputation.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) } ?? "{}"
        }
    }
}

extension Charge {
    package init(stored row: DunningSQL.NoticeCharges.Row) throws {
        self.init(
            try Kind(stored: row.kind),
            OpenItem(
                id: row.id, number: row.number, issuedOn: row.issuedOn, dueOn: row.dueOn, openMinor: row.openMinor),
            for: row.invoice)
    }
}

extension DunningNotice.Item {
    fileprivate init(stored line: DunningSQL.NoticeLines.Row) throws {
        self.init(
            item: OpenItem(
                id: line.invoice, number: line.number, issuedOn: line.issuedOn, dueOn: line.dueOn,
                openMinor: line.openMinor, level: line.levelBefore),
            daysOverdue: line.daysOverdue, level: line.level,
            interest: try InterestComputation(stored: line.computation))
        item.postedMinor = line.postedMinor
        compensationMinor = line.compensationMinor
    }

    var storedComputation: String { interest?.json ?? "{}" }
}
