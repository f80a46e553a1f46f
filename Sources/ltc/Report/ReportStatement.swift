import ArgumentParser
import Delivery
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

    @Option(help: "Also print it as PDF into this file, each account on pages of its own.", completion: .file())
    var pdf: String?

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
        let printsPDF = pdf != nil
        let (body, printed) = try await report.ask(customer: number) { scope, db in
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
            let body = Body(
                customer: number, from: first, until: last,
                accounts: found.map { Self.account($0.account, $0.statement) })
            return (body, printsPDF ? try Self.print(found, of: scope.customer!, in: db) : [])
        }
        if let pdf { try OutputFile.write(printed, to: pdf) }
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

    private static func print(
        _ found: [(account: ReportsSQL.AccountsOf.Row, statement: AccountStatement)], of customer: Int,
        in db: isolated Connection
    ) throws -> [UInt8] {
        let debtor = try db.one(ReportsSQL.CustomerToWriteTo(customer: customer))
        guard !found.isEmpty else {
            throw Problem(.refused, "no_account", "nothing ever moved for \(debtor.number): there is nothing to print")
        }
        do {
            return try LetterPrinter().print(
                found.map { account, statement in
                    StatementLetter(
                        creditor: .init(
                            name: account.creditorName, address: account.creditorAddress, taxID: account.creditorTaxId,
                            email: account.creditorEmail, iban: account.iban, account: account.account,
                            bic: account.bic, bank: account.bank),
                        debtor: .init(
                            number: debtor.number, name: debtor.name, address: debtor.address,
                            language: debtor.language), statement: statement)
                })
        } catch let mistake as LetterMistake {
            throw Problem(.refused, mistake.reason, "\(mistake)", advice: "correct the customer or the creditor")
        }
    }
}
