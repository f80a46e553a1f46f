package import Domain
import Foundation
package import Postgres

package enum ReportStore {
    /// What is owed in one currency, and the sales that it is measured by.
    package struct Sales: Sendable {
        package let group: ReportGroup
        package let currency: Currency
        package let receivablesMinor: Int
        /// Of the last days that were asked for.
        package let latelyMinor: Int
        /// From the day's month back to the first in which anything was billed.
        package let months: [DaysSalesOutstanding.Month]
        package let billedMinor: [CalendarMonth: Int]
    }

    /// - Parameter days: how many last days `latelyMinor` is of
    package static func sales(
        _ scope: ReportScope, per grouping: ReportGrouping, days: Int, in db: isolated Connection
    ) throws -> [Sales] {
        let rows = try db.run(
            ReportsSQL.BilledByMonth(
                per: grouping.rawValue, team: scope.team, customer: scope.customer, day: scope.day, known: scope.known,
                days: days))
        var sales: [Sales] = []
        var rest = rows[...]
        while let first = rest.first {
            let same = rest.prefix {
                ($0.customerId, $0.creditor, $0.team, $0.currency)
                    == (first.customerId, first.creditor, first.team, first.currency)
            }
            rest = rest.dropFirst(same.count)
            let billed = Dictionary(uniqueKeysWithValues: same.map { (CalendarMonth(of: $0.month), $0.billedMinor) })
            sales.append(
                Sales(
                    group: ReportGroup(
                        customerID: first.customerId, customer: first.customer, customerName: first.customerName,
                        creditor: first.creditor, team: first.team),
                    currency: try Currency(stored: first.currency),
                    receivablesMinor: same.reduce(0) { $0 + $1.movedMinor },
                    latelyMinor: same.reduce(0) { $0 + $1.latelyMinor }, months: months(billed, through: scope.day),
                    billedMinor: billed))
        }
        return sales
    }

    /// Without a gap, the latest first; of the day's own month the days that are over.
    private static func months(
        _ billed: [CalendarMonth: Int], through day: CalendarDate
    ) -> [DaysSalesOutstanding.Month] {
        guard let first = billed.filter({ $0.value != 0 }).keys.min() else { return [] }
        var months: [DaysSalesOutstanding.Month] = []
        var month = CalendarMonth(of: day)
        while month >= first {
            let days = min(month.last, day).days(since: month.first) + 1
            months.append(.init(days: days, billedMinor: billed[month] ?? 0))
            month = month.adding(months: -1)
        }
        return months
    }

    /// A customer's accounts that ever moved, each with its movements of the days from `first` to the scope's day.
    package static func statements(
        of customer: Int, creditor: String?, currency: String?, from first: CalendarDate, _ scope: ReportScope,
        in db: isolated Connection
    ) throws -> [(account: ReportsSQL.AccountsOf.Row, statement: AccountStatement)] {
        let accounts = try db.run(
            ReportsSQL.AccountsOf(
                customer: customer, creditor: creditor, currency: currency, before: first, through: scope.day,
                known: scope.known))
        var found = try accounts.map { account in
            (
                account: account,
                statement: AccountStatement(
                    currency: try Currency(stored: account.currency), from: first, until: scope.day,
                    openingMinor: account.openingMinor)
            )
        }
        let places = Dictionary(
            uniqueKeysWithValues: accounts.indices.map { ("\(accounts[$0].creditorId) \(accounts[$0].currency)", $0) })
        let movements = ReportsSQL.MovementsOf(customer: customer, first: first, last: scope.day, known: scope.known)
        for row in try db.run(movements) {
            guard let place = places["\(row.creditorId) \(row.currency)"] else { continue }
            found[place].statement.add(
                .init(day: row.day, kind: row.kind, reference: row.reference, dueOn: row.dueOn, minor: row.minor))
        }
        return found
    }

    /// By currency; sums where nobody said anything, item by item where somebody did.
    ///
    /// - Parameter tolerance: days after the promised one in which the money may still come
    package static func expectedCash(
        _ scope: ReportScope, weeks: Int, tolerance: Int, in db: isolated Connection
    ) throws -> [ExpectedCash] {
        var byCurrency: [String: ExpectedCash] = [:]
        func cash(_ code: String) throws -> ExpectedCash {
            try byCurrency[code]
                ?? ExpectedCash(currency: Currency(stored: code), from: scope.day, weeks: weeks)
        }
        let plain = ReportsSQL.OpenByDue(
            team: scope.team, customer: scope.customer, day: scope.day, known: scope.known)
        for row in try db.run(plain) {
            var expected = try cash(row.currency)
            expected.add(openMinor: row.openMinor, dueOn: row.dueOn)
            byCurrency[row.currency] = expected
        }
        let obstacles = try DunningObstacles.load(
            team: scope.team, customer: scope.customer, tolerance: tolerance, through: scope.day, knownAt: scope.known,
            in: db)
        let said = ReportsSQL.OpenWithWords(
            team: scope.team, customer: scope.customer, day: scope.day, known: scope.known)
        try db.stream(said) { rows in
            for row in rows {
                var expected = try cash(row.currency)
                expected.add(
                    openMinor: row.openMinor, dueOn: row.dueOn,
                    obstacles: obstacles.of(customer: row.customer).map { .hold($0) } + obstacles.of(invoice: row.item))
                byCurrency[row.currency] = expected
            }
        }
        return byCurrency.values.sorted { $0.currency.code < $1.currency.code }
    }
}
