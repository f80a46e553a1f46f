import Domain
import Foundation
import Postgres
import Store

/// A file of contracts.
struct ContractFile: FileKind {
    private enum Renewal: String, CaseIterable { case auto, manual, evergreen, none }

    private let number, customer, title, owner, team, opportunity, startsOn, endsOn, notice, renewal, reviewOn: Field
    private let amount, currency, uplift, procedure, shiftsDueDates: Field

    init(_ header: inout Header) {
        number = header.field("number", isRequired: true)
        customer = header.field("customer", isRequired: true)
        title = header.field("title")
        team = header.field("team")
        owner = header.field("owner")
        opportunity = header.field("opportunity")
        startsOn = header.field("starts_on", isRequired: true)
        endsOn = header.field("ends_on")
        notice = header.field("notice_period")
        renewal = header.field("renewal")
        reviewOn = header.field("review_on")
        amount = header.field("amount")
        currency = header.field("currency")
        uplift = header.field("uplift_percent")
        procedure = header.field("procedure")
        shiftsDueDates = header.field("shifts_due_dates")
    }

    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> ImportContractsSQL.CopyStaged {
        let startsOn = try startsOn.need(try startsOn.date(row))
        let endsOn = try endsOn.date(row)
        if let endsOn, endsOn < startsOn {
            throw self.endsOn.reject(.contradiction, endsOn.description, "ends before it starts on \(startsOn)")
        }
        let notice = try notice.text(row)
        if let notice, NoticePeriod(notice) == nil {
            throw self.notice.reject(.unknownValue, notice, "not a period such as 90d, 6w, 3m or 3m-eom")
        }
        let currency = try currency.currency(row)
        let amount = try amount.minorUnits(row, currency, self.currency)
        return ImportContractsSQL.CopyStaged(
            line: row.line, number: try number.need(try number.text(row)),
            customer: try customer.need(try customer.text(row)),
            title: try title.text(row), owner: try owner.text(row), team: try team.text(row),
            opportunity: try opportunity.text(row), startsOn: startsOn, endsOn: endsOn, noticePeriod: notice,
            renewal: try renewal.choice(row, of: Renewal.self)?.rawValue, reviewOn: try reviewOn.date(row),
            amountMinor: amount,
            currency: amount == nil ? nil : currency?.code, upliftPercent: try uplift.percent(row, in: -100...1000),
            procedure: try procedure.text(row), shiftsDueDates: try shiftsDueDates.flag(row))
    }

    static func makeStaging(in db: isolated Connection) throws {
        try db.execute(ImportContractsSQL.CreateStaging())
    }

    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied {
        try StagedContracts.apply(
            source: context.source, file: context.file, asOf: context.asOf, in: db)
    }
}
