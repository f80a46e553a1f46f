import ArgumentParser
import Automation
import Domain
import Foundation
import Postgres

/// Which notices a person decides about.
struct NoticeOptions: ParsableArguments {
    @Argument(help: "Ids or legal numbers.")
    var notices: [String] = []

    @Flag(help: "All that wait for approval.")
    var all = false

    @Flag(help: "Do everything, show it, and roll it back.")
    var dryRun = false

    func validate() throws {
        if notices.isEmpty != all { throw ValidationError("name the notices, or say --all") }
    }
}

struct DunningApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Let notices go out: each gets its legal number and its mail.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var options: NoticeOptions

    func run() async throws {
        let (keys, team, isPreview) = (options.notices, team.team, options.dryRun)
        let when = asOf.value
        let (decided, own) = try await database.withPool { pool in
            try await pool.transaction(.init(rollsBack: isPreview)) { db in
                let found = try DunningDesk.find(keys, team: team, in: db)
                let now = try DunningDesk.instant(when, of: found, in: db)
                let decided = try DunningDesk.approve(
                    found, actor: actor(), at: now, leavesOwn: keys.isEmpty, isPreview: isPreview, in: db)
                return (decided, found.count - decided.count)
            }
        }
        if own > 0 { say("left to somebody else: \(own) that you proposed") }
        for notice in decided where notice.state == "proposed" {
            say(
                "notice \(notice.notice) asks for \(notice.total) by now, more than was proposed: "
                    + "look at it (ltc dunning show \(notice.notice)), and approve it again")
        }
        try decisions("dunning.approve", decided).print(as: format)
    }
}

struct DunningReject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Stop proposed notices; their customers are left alone until the next day's run.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var options: NoticeOptions

    @Option(help: "Why, as a short code such as wrong_goods.")
    var reason: String?

    func run() async throws {
        let (keys, team, isPreview) = (options.notices, team.team, options.dryRun)
        let when = asOf.value
        let decided = try await database.withPool { [reason] pool in
            try await pool.transaction(.init(rollsBack: isPreview)) { db in
                let found = try DunningDesk.find(keys, team: team, in: db)
                let now = try DunningDesk.instant(when, of: found, in: db)
                return try DunningDesk.reject(found, reason: reason, actor: actor(), at: now, in: db)
            }
        }
        try decisions("dunning.reject", decided).print(as: format)
    }
}

struct Decisions: Encodable {
    let notices: [DunInvoicesReport.Notice]
}

func decisions(_ name: String, _ notices: [DunInvoicesReport.Notice]) -> Answer<Decisions> {
    var table = Table(
        ("notice", .right), ("number", .left), ("customer", .left), ("level", .right), ("total", .right),
        ("channel", .left), ("state", .left))
    for notice in notices {
        table.add(
            "\(notice.notice)", notice.number ?? "", notice.customer, "\(notice.level)", "\(notice.total)",
            notice.channel,
            notice.state
        )
    }
    return Answer(name, Decisions(notices: notices), table: table)
}
