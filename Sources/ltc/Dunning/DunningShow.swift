import ArgumentParser
import Automation
import Delivery
import Domain
import Foundation
import Postgres
import Store

struct DunningShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One notice: its letter, with the computation line by line.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The notice's id or legal number.")
    var notice: String

    @Option(
        help: "Write the letter as PDF into this file; a notice that is not approved gives a draft.",
        completion: .file())
    var pdf: String?

    private struct Body: Encodable {
        struct Invoice: Encodable {
            let number: String
            let dueOn: CalendarDate
            let daysOverdue: Int
            let open: Money
            let levelBefore, level: Int
            /// Posted before, and asked for now.
            let posted, interest, compensation: Money
            let computation: InterestComputation?
        }
        let notice: Int
        let number: String?
        let runDate, payBy: CalendarDate
        let creditor, customer, customerName, procedure: String
        let level: Int
        let state: String
        let reason: String?
        let channel: String
        let channelReason: String?
        let acceptedOn: CalendarDate?
        let open, charges, interest, compensation, fee, credit, total: Money
        let feeComputation: NoticeFee.Computation?
        let compensationSource: String
        let approvedBy: String?
        let approvedAt: Date?
        let run: Int
        let configurationVersion: Int?
        let invoices: [Invoice]
        let earlierCharges: [DunInvoicesReport.EarlierCharge]
        let postedCharges: [PostedCharge]
        let letter: String
    }

    func run() async throws {
        if let pdf { return try await write(to: pdf) }
        let body = try await database.ask { [notice] db in try Self.load(notice, in: db) }
        try Answer("dunning.show", body) {
            "notice \(body.notice), \(body.state)" + (body.reason.map { " (\($0))" } ?? "")
                + ", by \(body.channel)" + (body.channelReason.map { " (\($0))" } ?? "")
                + (body.acceptedOn.map { ", accepted \($0)" } ?? "")
                + (body.approvedBy.map { ", approved by \($0)" } ?? "") + ", run \(body.run)\n"
                + body.postedCharges.map { "\($0.words)\n" }.joined() + "\n\(body.letter)"
        }.print(as: format)
    }

    private func write(to path: String) async throws {
        let bytes = try await database.withPool { [notice] pool in
            try await pool.transaction { db in try Self.letter(notice, in: db) }
        }
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Problem(
                .refused, "not_written", "\(path): \(error.localizedDescription)",
                advice: "choose a file that may be written with --pdf")
        }
        say("\(path): \(bytes.count) bytes")
    }

    /// An approved notice's letter is kept, so that asking again gives the same bytes.
    private static func letter(_ key: String, in db: isolated Connection) throws -> [UInt8] {
        let row = try find(key, in: db)
        do {
            guard row.number != nil else { return try LetterPress.print(row.id, in: db) }
            return try db.one(LettersSQL.Content(artefact: LetterPress.letter(of: row.id, in: db).id)).content
        } catch let mistake as LetterMistake {
            throw Problem(.refused, mistake.reason, "notice \(row.id): \(mistake)")
        }
    }

    private static func find(_ key: String, in db: isolated Connection) throws -> DunningSQL.ShowNotice.Row {
        guard let row = try db.run(DunningSQL.ShowNotice(key: key)).first else {
            throw Problem(.refused, "no_such_notice", "there is no notice '\(key)'", advice: "ltc dunning list")
        }
        return row
    }

    private static func load(_ key: String, in db: isolated Connection) throws -> Body {
        let row = try find(key, in: db)
        let currency = try Currency(stored: row.currency)
        func amount(_ minor: Int) -> Money { Money(minor: minor, currency: currency) }
        return Body(
            notice: row.id, number: row.number, runDate: row.runDate, payBy: row.payBy, creditor: row.creditor,
            customer: row.customer, customerName: row.customerName, procedure: row.procedure, level: row.level,
            state: row.state, reason: row.reason, channel: row.channel, channelReason: row.channelReason,
            acceptedOn: row.acceptedOn, open: amount(row.openMinor), charges: amount(row.chargesMinor),
            interest: amount(row.interestMinor), compensation: amount(row.compensationMinor),
            fee: amount(row.feeMinor), credit: amount(row.creditMinor), total: amount(row.totalMinor),
            feeComputation: try NoticeFee.Computation(stored: row.feeComputation),
            compensationSource: row.compensationSource, approvedBy: row.approvedBy, approvedAt: row.approvedAt,
            run: row.run, configurationVersion: row.configurationVersion,
            invoices: try db.run(DunningSQL.NoticeLines(notices: [row.id])).map {
                .init(
                    number: $0.number, dueOn: $0.dueOn, daysOverdue: $0.daysOverdue, open: amount($0.openMinor),
                    levelBefore: $0.levelBefore, level: $0.level, posted: amount($0.postedMinor),
                    interest: amount($0.interestMinor), compensation: amount($0.compensationMinor),
                    computation: try InterestComputation(stored: $0.computation))
            },
            earlierCharges: try db.run(DunningSQL.NoticeCharges(notices: [row.id])).map {
                .init(try Charge(stored: $0), in: currency)
            }, postedCharges: try PostedCharge.load(notice: row.id, in: currency, db),
            letter: try row.letter ?? NoticeText.letter(of: row.id, in: db))
    }
}
