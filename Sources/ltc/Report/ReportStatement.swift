import ArgumentParser
import Domain
import Postgres
import Store

struct ReportStatement: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "A customer's account: the opening balance, what moved it, and the balance after each movement.")

    @OptionGroup var report: ReportOptions

    @Argument(help: "The customer's number.")
    var customer: String

    @Option(help: "The first day; otherwise the first of the last day's month.")
    var from: CalendarDate?

    @Option(help: "The last day; otherwise the day of --as-of.")
    var until: CalendarDate?

    @Option(help: "Only with this creditor (its code).")
    var creditor: String?

    @Option(help: "Only in this currency.")
    var currency: String?

    func validate() throws {
        if report.team.team != nil { throw ValidationError("an account is a creditor's: --creditor instead of --team") }
    }

    private struct Body: Encodable {
        struct Movement: Encodable {
            let day: CalendarDate
            let kind, reference: String
            let dueOn: CalendarDate?
            let amount, balance: Money
        }
        struct Account: Encodable {
            let creditor, creditorName, currency: String
            let opening: Money
            let movements: [Movement]
            let closing: Money
        }
        let customer: String
        let from, until: CalendarDate
        let accounts: [Account]
    }

    func run() async throws {
        let (number, from, until, creditor, currency) = (customer, from, until, creditor, currency)
        let body = try await report.ask(customer: number) { scope, db in
            let last = until ?? scope.day
            let first = from ?? CalendarMonth(of: last).first
            guard first <= last else {
                throw Problem(.usage, "wrong_days", "from \(first) until \(last) is no stretch of days")
            }
            let found = try ReportStore.statements(
                of: scope.customer!, creditor: creditor, currency: currency, from: first, scope.on(last), in: db)
            guard !found.isEmpty || creditor == nil && currency == nil else {
                throw Problem(
                    .refused, "no_such_account",
                    "\(number) has no account"
                        + (creditor.map { " with the creditor '\($0)'" } ?? "") + (currency.map { " in \($0)" } ?? ""),
                    advice: "ltc report statement \(number) shows all accounts")
            }
            return Body(
                customer: number, from: first, until: last,
                accounts: found.map { Self.account($0.account, $0.statement) })
        }
        var table = Table(
            ("creditor", .left), ("currency", .left), ("day", .left), ("kind", .left), ("reference", .left),
            ("due", .left),
            ("amount", .right), ("balance", .right))
        for account in body.accounts {
            func line(_ day: CalendarDate, _ kind: String, _ balance: Money) {
                table.add(account.creditor, account.currency, "\(day)", kind, "", "", "", balance.amount)
            }
            line(body.from, "opening", account.opening)
            for movement in account.movements {
                table.add(
                    account.creditor, account.currency, "\(movement.day)", movement.kind, movement.reference,
                    movement.dueOn?.description ?? "", movement.amount.amount, movement.balance.amount)
            }
            line(body.until, "closing", account.closing)
        }
        try Answer("report.statement", body, table: table).print(as: report.format)
    }

    private static func account(_ account: ReportsSQL.AccountsOf.Row, _ statement: AccountStatement) -> Body.Account {
        func money(_ minor: Int) -> Money { Money(minor: minor, currency: statement.currency) }
        return Body.Account(
            creditor: account.creditor, creditorName: account.creditorName, currency: account.currency,
            opening: money(statement.openingMinor),
            movements: zip(statement.movements, statement.balances).map { movement, balance in
                .init(
                    day: movement.day, kind: movement.kind, reference: movement.reference, dueOn: movement.dueOn,
                    amount: money(movement.minor), balance: money(balance))
            },
            closing: money(statement.closingMinor))
    }
}
