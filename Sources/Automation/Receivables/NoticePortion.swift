import Domain
import Foundation
import Store

/// Notices of a run on their way into the database, column by column: stored by one statement, many at a time.
struct NoticePortion {
    private let empty: DunningSQL.StoreNotices
    private var columns: DunningSQL.StoreNotices

    init(_ run: RunContext, _ team: Team, on day: CalendarDate) {
        empty = DunningSQL.StoreNotices(
            run: run.runID, version: run.configurationVersion, day: day, team: team.id, drawsNumbers: !run.isPreview,
            actor: run.actor, now: run.asOf)
        columns = empty
    }

    /// What has been added since it was last taken; nil is nothing.
    mutating func take() -> DunningSQL.StoreNotices? {
        guard !columns.creditors.isEmpty else { return nil }
        defer { columns = empty }
        return columns
    }

    mutating func add(_ notice: DunningNotice, _ account: DebtorAccount, _ need: ApprovalNeed) throws {
        columns.creditors.append(account.creditor)
        columns.customers.append(account.customer)
        columns.currencies.append(notice.currency.code)
        columns.procedures.append(notice.procedure)
        columns.levels.append(notice.level)
        columns.opens.append(notice.openMinor)
        columns.charges.append(notice.chargesMinor)
        columns.interests.append(notice.interestMinor)
        columns.compensations.append(notice.compensationMinor)
        columns.fees.append(notice.feeMinor)
        columns.credits.append(notice.creditMinor)
        columns.payBys.append(notice.payBy)
        columns.approved.append(need == .none)
        columns.approvals.append(need.reason)
        columns.channels.append(notice.channel.rawValue)
        columns.channelReasons.append(notice.isWithoutAddress ? "no_address" : "")
        columns.feeComputations.append(try notice.storedFeeComputation)
        columns.compensationSources.append(notice.compensationSource)
        let place = columns.creditors.count
        for item in notice.items { add(item, place) }
        for charge in notice.charges {
            columns.chargePlaces.append(place)
            columns.chargeInvoices.append(charge.item.id)
            columns.chargeOpens.append(charge.item.openMinor)
        }
    }

    private mutating func add(_ item: DunningNotice.Item, _ place: Int) {
        columns.itemPlaces.append(place)
        columns.itemInvoices.append(item.item.id)
        columns.itemDays.append(item.daysOverdue)
        columns.itemOpens.append(item.item.openMinor)
        columns.itemLevelsBefore.append(item.item.level)
        columns.itemLevels.append(item.level)
        columns.itemPosted.append(item.item.postedMinor)
        columns.itemInterests.append(item.interestMinor)
        columns.itemCompensations.append(item.compensationMinor)
        columns.itemComputations.append(item.storedComputation)
    }
}

extension DunningSQL.StoreNotices {
    /// Of no notices yet.
    fileprivate init(
        run: Int, version: Int, day: CalendarDate, team: Int, drawsNumbers: Bool, actor: String, now: Date
    ) {
        self.init(
            run: run, version: version, day: day, team: team, drawsNumbers: drawsNumbers, actor: actor, now: now,
            creditors: [], customers: [], currencies: [], procedures: [], levels: [], opens: [], charges: [],
            interests: [], compensations: [], fees: [], credits: [], payBys: [], approved: [], approvals: [],
            channels: [], channelReasons: [], feeComputations: [], compensationSources: [], itemPlaces: [],
            itemInvoices: [], itemDays: [], itemOpens: [], itemLevelsBefore: [], itemLevels: [], itemPosted: [],
            itemInterests: [], itemCompensations: [], itemComputations: [], chargePlaces: [], chargeInvoices: [],
            chargeOpens: [])
    }
}
