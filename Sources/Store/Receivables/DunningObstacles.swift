package import Domain
package import Foundation
package import Postgres

/// What people said about customers and invoices that keeps them from being dunned: few rows beside all invoices, so they
/// are held in memory while the invoices stream by.
package struct DunningObstacles: Sendable {
    private var byInvoice: [Int: [DunningObstacle]] = [:]
    private var byCustomer: [Int: [DunningHold]] = [:]

    /// Those of a team, or of one customer.
    ///
    /// - Parameters:
    ///   - tolerance: days after the promised one in which the money may still come
    ///   - through: the day of which the ledger is asked for, when it is over; nil counts all that is in it
    ///   - known: only what was known at that instant
    package static func load(
        team: Int? = nil, customer: Int? = nil, tolerance: Int, through: CalendarDate? = nil,
        knownAt known: Date? = nil, in db: isolated Connection
    ) throws -> DunningObstacles {
        var found = DunningObstacles()
        for row in try db.run(DunningObstaclesSQL.Holds(team: team, customer: customer, known: known)) {
            let hold = DunningHold(until: row.untilOn)
            if let invoice = row.invoice {
                found.byInvoice[invoice, default: []].append(.hold(hold))
            } else {
                found.byCustomer[row.customer, default: []].append(hold)
            }
        }
        for row in try db.run(DunningObstaclesSQL.Disputes(team: team, customer: customer, known: known)) {
            found.byInvoice[row.invoice, default: []].append(.dispute(minor: row.amountMinor, until: row.untilOn))
        }
        let promises = DunningObstaclesSQL.Promises(
            team: team, customer: customer, tolerance: tolerance, through: through, known: known)
        for row in try db.run(promises) {
            let promise = PromiseToPay(
                minor: row.amountMinor, on: row.promisedOn, tolerance: tolerance, receivedMinor: row.receivedMinor)
            found.byInvoice[row.invoice, default: []].append(.promise(promise))
        }
        let covers = DunningObstaclesSQL.Covers(team: team, customer: customer, through: through, known: known)
        for row in try db.run(covers) {
            found.byInvoice[row.invoice, default: []].append(.draft(minor: row.amountMinor, until: row.maturesOn))
        }
        return found
    }

    package func of(invoice: Int) -> [DunningObstacle] { byInvoice[invoice] ?? [] }

    /// Holds on all that a customer owes.
    package func of(customer: Int) -> [DunningHold] { byCustomer[customer] ?? [] }
}
