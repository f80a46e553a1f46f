import Delivery
import Domain
import Foundation
import Postgres
import Store

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
        return try db.run(DunningSQL.NoticesToPrint(notices: notices)).map { head in
            try NoticePaper(head, lines[head.id] ?? [])
        }
    }

    static func one(_ notice: Int, in db: isolated Connection) throws -> NoticePaper {
        guard let paper = try load([notice], in: db).first else {
            throw Problem(.defect, "no_such_notice", "there is no notice \(notice)")
        }
        return paper
    }

    private init(_ head: NoticeHead, _ lines: [DunningSQL.NoticeLines.Row]) throws {
        let items = try lines.map { line in
            DunningNotice.Item(
                item: OpenItem(
                    id: line.invoice, number: line.number, issuedOn: line.issuedOn, dueOn: line.dueOn,
                    openMinor: line.openMinor, level: line.levelBefore),
                daysOverdue: line.daysOverdue, level: line.level,
                interest: try InterestComputation(stored: line.computation))
        }
        self.head = head
        letter = DunningLetter(
            number: head.number, runDate: head.runDate,
            notice: DunningNotice(
                procedure: head.procedure, currency: try Currency(stored: head.currency), level: head.level,
                items: items,
                feeMinor: head.feeMinor, creditMinor: head.creditMinor, payBy: head.payBy,
                channel: DunningChannel(rawValue: head.channel) ?? .call),
            creditor: .init(
                name: head.creditorName, address: head.creditorAddress, taxID: head.creditorTaxId,
                email: head.creditorEmail, iban: head.iban, bic: head.bic, bank: head.bank),
            debtor: .init(
                number: head.customerNumber, name: head.customerName, address: head.customerAddress,
                language: head.language))
    }
}

extension InterestComputation {
    /// `{}` is none.
    package init?(stored json: String) throws {
        guard json.filter({ !$0.isWhitespace }) != "{}" else { return nil }
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    }
}

extension DunningNotice.Item {
    var storedComputation: String { interest?.json ?? "{}" }
}
