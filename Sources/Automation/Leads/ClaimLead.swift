import Domain
package import Foundation
package import Postgres
import Store

/// A member takes a lead from their team's pool.
package enum ClaimLead {
    /// - Throws: a `Problem` when there is no such lead or member, it is in no pool, in another team's, or the member has as
    ///   many as the seat takes.
    package static func claim(_ lead: Int, by member: String, actor: String, at now: Date, in db: isolated Connection)
        throws
    {
        let directory = try DirectoryStore.load(asOf: now, in: db)
        guard let member = directory.member(code: member) else {
            throw Problem(.refused, "no_such_member", "there is no member '\(member)'", advice: "ltc member list")
        }
        guard let row = try db.first(LeadsSQL.ToClaim(id: lead)) else {
            throw Problem(.refused, "no_such_lead", "there is no lead \(lead)", advice: "ltc lead list")
        }
        guard row.state == "pooled", let team = row.team else {
            throw Problem(
                .refused, "not_in_pool", "lead \(lead) is \(row.state)" + (row.owner.map { " and \($0)'s" } ?? ""),
                advice: "ltc lead list --state pooled")
        }
        guard let seat = directory.seats(of: team).first(where: { $0.member == member.id }) else {
            throw Problem(
                .refused, "other_team",
                "lead \(lead) is in the pool of \(directory.team(id: team)?.code ?? "?"), where \(member.code) has no seat"
            )
        }
        let claim = LeadsSQL.Claim(lead: lead, member: member.id, capacity: seat.capacity, at: now, actor: actor)
        guard try db.first(claim) != nil else {
            if try db.first(LeadsSQL.ToClaim(id: lead))?.state == "pooled" {
                throw Problem(
                    .refused, "at_capacity", "\(member.code) has \(seat.capacity ?? 0) open leads, which is the most")
            }
            throw Problem(.refused, "not_in_pool", "somebody else was faster: lead \(lead) is in the pool no more")
        }
        try FollowUpWake.everybody(asOf: now, in: db)
    }
}
