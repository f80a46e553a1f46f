import ArgumentParser
import Automation
import Domain
import Postgres

struct DunningHold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Leave an invoice, or all that a customer owes, alone.")

    @OptionGroup var obstacle: ObstacleOptions
    @OptionGroup var subject: SubjectOptions

    @Option(help: "Through this day; otherwise until it is released.")
    var until: CalendarDate?

    @Option(help: "Why.")
    var reason: String

    func run() async throws {
        let subject = subject.value
        try await obstacle.say("hold") { [until, reason] who, when, db in
            try DunningObstacleDesk.hold(subject, until: until, reason: reason, actor: who, asOf: when, in: db)
        }
    }
}

struct DunningRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "End the holds of an invoice, or those of a whole customer.")

    @OptionGroup var obstacle: ObstacleOptions
    @OptionGroup var subject: SubjectOptions

    func run() async throws {
        let subject = subject.value
        try await obstacle.say("release") { who, when, db in
            try DunningObstacleDesk.release(subject, actor: who, asOf: when, in: db)
        }
    }
}

struct DunningDispute: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispute",
        abstract: "A part of an invoice is not accepted: it is left alone until a day, when its owner is told.")

    @OptionGroup var obstacle: ObstacleOptions

    @Argument(help: "The invoice's number.")
    var invoice: String

    @Option(help: "The part, in the invoice's currency; otherwise all that is open.")
    var amount: String?

    @Option(help: "Why.")
    var reason: String?

    @Option(help: "The member who sees to it (their code).")
    var owner: String?

    @Option(help: "The last day on which the part is left alone.")
    var until: CalendarDate?

    @Flag(help: "The invoice's disputes are over.")
    var settled = false

    func validate() throws {
        let names = [reason == nil ? "--reason" : nil, owner == nil ? "--owner" : nil, until == nil ? "--until" : nil]
        if !settled, let missing = names.compactMap({ $0 }).first { throw ValidationError("\(missing) is missing") }
    }

    func run() async throws {
        try await obstacle.say("dispute") { [invoice, amount, reason, owner, until] who, when, db in
            guard let reason, let owner, let until, !settled else {
                return try DunningObstacleDesk.settleDisputes(of: invoice, actor: who, asOf: when, in: db)
            }
            return try DunningObstacleDesk.dispute(
                invoice, amount: amount, reason: reason, owner: owner, until: until, actor: who, asOf: when, in: db)
        }
    }
}

struct DunningPromise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promise", abstract: "A customer says by when they pay: that part is left alone until then.")

    @OptionGroup var obstacle: ObstacleOptions

    @Argument(help: "The invoice's number.")
    var invoice: String

    @Option(help: "The part, in the invoice's currency; otherwise all that is open.")
    var amount: String?

    @Option(help: "The promised day.")
    var on: CalendarDate

    func run() async throws {
        try await obstacle.say("promise") { [invoice, amount, on] who, when, db in
            try DunningObstacleDesk.promise(invoice, amount: amount, on: on, actor: who, asOf: when, in: db)
        }
    }
}
