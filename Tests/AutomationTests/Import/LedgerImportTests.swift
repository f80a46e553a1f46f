import Domain
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Automation

@Suite struct LedgerImportTests {
    private static let invoices = """
        number,customer,issued_on,due_on,amount,currency,open_amount,contract,kind,discount_percent
        R-1,C-1,2026-01-01,2026-01-31,100.00,EUR,40.00,V-1,invoice,2.5
        R-2,C-1,2026-01-01,2026-01-31,100,EUR,,,credit-note,
        """

    @Test func `an invoice comes with what is open of it, to the team that collects, and does not change again`()
        async throws
    {
        try await Self.withCompany { database, trial in
            let first = try await trial.run(try trial.write(Self.invoices), as: .invoices)
            #expect(first.outputs == [.init(kind: .invoices, rows: 2, taken: 2)])
            #expect(
                try await database.rows(
                    """
                    SELECT i.number, i.kind, i.amount_minor, i.open_minor, t.code, s.code, i.discount_percent
                    FROM ltc.invoices AS i JOIN ltc.teams AS t ON t.id = i.team_id LEFT JOIN ltc.teams AS s ON s.id = i.sales_team_id
                    ORDER BY i.number
                    """) == ["R-1|invoice|10000|4000|finance|sales|2.5000", "R-2|credit-note|10000|10000|finance||"])
            let again = try await trial.run(
                try trial.write(Self.invoices.replacing(",100.00,", with: ",101.00,")), as: .invoices)
            #expect(again.outputs == [.init(kind: .invoices, rows: 2, unchanged: 1, rejected: 1)])
            #expect(again.rejects.map(\.reject.reason) == [.alreadyDiffers])
        }
    }

    @Test(arguments: [["P-1", "P-2"], ["P-2", "P-1"]])
    func `money that names instalments stays theirs, in whichever order files of a day come`(order: [String])
        async throws
    {
        try await Self.withCompany { database, trial in
            let invoices = """
                number,instalment,customer,issued_on,due_on,amount,currency
                R-1,1,C-1,2026-01-01,2026-03-25,200,EUR
                R-1,2,C-1,2026-01-01,2026-05-01,200,EUR
                R-3,,C-1,2026-01-01,2026-01-31,500,EUR
                """
            _ = try await trial.run(try trial.write(invoices), as: .invoices)
            let amounts = ["P-1": "100", "P-2": "200"]
            for reference in order {
                let receipt =
                    "reference,booked_on,amount,currency,customer,remittance\n"
                    + "\(reference),2026-02-01,\(amounts[reference]!),EUR,C-1,R-1\n"
                _ = try await trial.run(try trial.write(receipt), as: .receipts)
            }
            let open = try await database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number")
            #expect(open == ["R-1/1|0", "R-1/2|10000", "R-3|50000"])
        }
    }

    @Test(arguments: [["P-1", "P-2"], ["P-2", "P-1"]])
    func `an amount that two invoices owe points to neither, in whichever order files of a day come`(order: [String])
        async throws
    {
        try await Self.withCompany { database, trial in
            let invoices = """
                number,customer,issued_on,due_on,amount,currency
                A-1,C-1,2026-01-01,2026-01-10,80,EUR
                A-2,C-1,2026-01-01,2026-01-20,100,EUR
                A-3,C-1,2026-01-01,2026-01-25,100,EUR
                """
            _ = try await trial.run(try trial.write(invoices), as: .invoices)
            let rows = ["P-1": "P-1,2026-02-01,30,EUR,C-1,A-2", "P-2": "P-2,2026-02-01,100,EUR,C-1,"]
            for reference in order {
                let receipt = "reference,booked_on,amount,currency,customer,remittance\n\(rows[reference]!)\n"
                _ = try await trial.run(try trial.write(receipt), as: .receipts)
            }
            let open = try await database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number")
            #expect(open == ["A-1|0", "A-2|5000", "A-3|10000"])
        }
    }

    @Test(arguments: [["P-1", "P-2"], ["P-2", "P-1"]])
    func `what names invoices of two customers waits, also when another of its day paid one`(order: [String])
        async throws
    {
        try await Self.withCompany { database, trial in
            let invoices = """
                number,customer,issued_on,due_on,amount,currency
                A-101,C-1,2026-01-01,2026-01-20,100,EUR
                A-202,C-2,2026-01-01,2026-01-20,150,EUR
                """
            _ = try await trial.run(try trial.write(invoices), as: .invoices)
            let rows = ["P-1": "P-1,2026-02-01,100,EUR,C-1,", "P-2": "P-2,2026-02-01,100,EUR,,A-101 A-202"]
            for reference in order {
                let receipt = "reference,booked_on,amount,currency,customer,remittance\n\(rows[reference]!)\n"
                _ = try await trial.run(try trial.write(receipt), as: .receipts)
            }
            let open = try await database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number")
            #expect(open == ["A-101|0", "A-202|15000"])
            let waiting = try await database.rows(
                "SELECT reference, waiting FROM ltc.receipts WHERE waiting IS NOT NULL")
            #expect(waiting == ["P-2|two_candidates"])
        }
    }

    @Test(arguments: [["P-1", "P-2"], ["P-2", "P-1"]])
    func `a payment of nobody known that names what another of its day paid is that customer's`(order: [String])
        async throws
    {
        try await Self.withCompany { database, trial in
            let invoices = """
                number,customer,issued_on,due_on,amount,currency
                A-1,C-1,2026-01-01,2026-01-31,100,EUR
                A-2,C-1,2026-01-01,2026-02-15,100,EUR
                A-3,C-1,2026-01-01,2026-02-28,100,EUR
                """
            _ = try await trial.run(try trial.write(invoices), as: .invoices)
            let rows = ["P-1": "P-1,2026-02-01,100.50,EUR,C-1,", "P-2": "P-2,2026-02-01,100,EUR,,Invoice A-1"]
            for reference in order {
                let receipt = "reference,booked_on,amount,currency,customer,remittance\n\(rows[reference]!)\n"
                _ = try await trial.run(try trial.write(receipt), as: .receipts)
            }
            let open = try await database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number")
            #expect(open == ["A-1|0", "A-2|0", "A-3|9950"])
        }
    }

    @Test func `a number is an invoice's or its instalments', of one customer and currency`() async throws {
        try await Self.withCompany { database, trial in
            let header = "number,instalment,customer,issued_on,due_on,amount,currency\n"
            func rejected(_ rows: String) async throws -> [Int] {
                let report = try await trial.run(try trial.write(header + rows), as: .invoices)
                #expect(report.rejects.allSatisfy { $0.reject.reason == .alreadyDiffers })
                return report.rejects.map(\.line).sorted()
            }
            let parts = "R-1,1,C-1,2026-01-01,2026-01-31,100,EUR\nR-1,2,C-1,2026-01-01,2026-02-28,100,EUR\n"
            #expect(try await rejected(parts + "R-1,,C-1,2026-01-01,2026-02-28,200,EUR\n") == [4])
            #expect(try await rejected("R-1,,C-1,2026-01-01,2026-02-28,200,EUR\n") == [2])
            #expect(try await rejected("R-1,3,C-1,2026-01-01,2026-02-28,100,USD\n") == [2])
            #expect(try await rejected("R-2,,C-1,2026-01-01,2026-02-28,200,EUR\n") == [])
            #expect(try await rejected("R-2,1,C-1,2026-01-01,2026-02-28,200,EUR\n") == [2])
            #expect(try await rejected(parts) == [])
            // A credit note corrects the first of them, and the next with what is left.
            let credit = """
                number,customer,kind,credits,issued_on,due_on,amount,currency
                G-1,C-1,credit-note,R-1,2026-01-05,2026-01-05,130,EUR
                """
            #expect(try await trial.run(try trial.write(credit), as: .invoices).rejects.isEmpty)
            let open = try await database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number")
            #expect(open == ["G-1|0", "R-1/1|0", "R-1/2|7000", "R-2|20000"])
        }
    }

    @Test func `what is owed to a creditor is collected by its finance team`() async throws {
        try await Self.withCompany { database, trial in
            try await database.pool.transaction { db in
                try db.script(
                    "INSERT INTO ltc.teams (code, name, kind, zone, hours) SELECT 'finance-2', 'Two', kind, zone, hours FROM ltc.teams WHERE kind = 'finance'"
                )
            }
            let invoices = """
                number,customer,team,issued_on,due_on,amount,currency
                R-1,C-1,finance,2026-01-01,2026-01-31,100,EUR
                R-2,C-1,finance-2,2026-01-01,2026-01-31,100,EUR
                """
            let report = try await trial.run(try trial.write(invoices), as: .invoices)
            #expect(report.rejects.map(\.reject.reason) == [.otherTeam] && report.outputs[0].taken == 1)
        }
    }

    @Test func `an invoice in instalments is paid by its number, the oldest first, or one of them by its own`()
        async throws
    {
        let invoices = """
            number,instalment,customer,issued_on,due_on,amount,currency
            R-7,1,C-1,2026-01-01,2026-01-31,100,EUR
            R-7,2,C-1,2026-01-01,2026-02-28,100,EUR
            R-7,3,C-1,2026-01-01,2026-03-31,100,EUR
            R-7,4/5,C-1,2026-01-01,2026-04-30,100,EUR
            """
        try await Self.withCompany { database, trial in
            let report = try await trial.run(try trial.write(invoices), as: .invoices)
            #expect(report.outputs == [.init(kind: .invoices, rows: 4, taken: 3, rejected: 1)])
            #expect(report.rejects.map(\.reject.column) == ["instalment"])
            let again = try await trial.run(try trial.write(invoices), as: .invoices)
            #expect(again.outputs == [.init(kind: .invoices, rows: 4, unchanged: 3, rejected: 1)])
            let receipts = """
                reference,booked_on,amount,currency,remittance
                P-1,2026-02-01,130,EUR,Invoice R-7
                P-2,2026-02-01,100,EUR,R-7/3
                """
            _ = try await trial.run(try trial.write(receipts), as: .receipts)
            #expect(
                try await database.rows(
                    """
                    SELECT r.reference, i.number, a.amount_minor, a.reason
                    FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
                    JOIN ltc.receipts AS r ON r.id = a.receipt_id ORDER BY r.reference, i.number
                    """) == [
                        "P-1|R-7/1|10000|remittance", "P-1|R-7/2|3000|remittance", "P-2|R-7/3|10000|remittance",
                    ])
            try await database.pool.transaction { db in
                #expect {
                    try ExplainInvoice.explain("R-7", asOf: .day(CalendarDate("2026-03-01")!), now: Date(), in: db)
                } throws: {
                    ($0 as? Problem)?.advice == "ask for one of R-7/1, R-7/2, R-7/3"
                }
            }
        }
    }

    @Test func `an invoice that refers to nobody or contradicts itself is rejected`() async throws {
        let file = """
            number,customer,creditor,issued_on,due_on,amount,currency,open_amount,contract
            R-1,C-9,,2026-01-01,2026-01-31,1,EUR,,
            R-2,C-1,nobody,2026-01-01,2026-01-31,1,EUR,,
            R-3,C-1,,2026-01-01,2026-01-31,1,EUR,,V-9
            R-4,C-1,,2026-01-31,2026-01-01,1,EUR,,
            R-5,C-1,,2026-01-01,2026-01-31,1,EUR,2,
            R-6,C-1,,2026-01-01,2026-01-31,0,EUR,,
            R-7,C-1,,2026-01-01,2026-01-31,1.5,JPY,,
            R-8,C-1,,2026-01-01,2026-01-31,-1,EUR,,
            """
        try await Self.withCompany { database, trial in
            let report = try await trial.run(try trial.write(file), as: .invoices)
            #expect(
                report.rejects.map { "\($0.line) \($0.reject.column ?? "") \($0.reject.reason.rawValue)" } == [
                    "2 customer unknown_customer", "3 creditor unknown_creditor", "4 contract unknown_contract",
                    "5 due_on contradiction", "6 open_amount contradiction", "7 amount out_of_range",
                    "8 amount too_many_digits", "9 amount out_of_range",
                ])
        }
    }

    @Test func `a contract's term follows the file, whom it binds does not`() async throws {
        try await Self.withCompany { database, trial in
            let header = "number,customer,owner,starts_on,ends_on,notice_period\n"
            let longer = try await trial.run(
                try trial.write(header + "V-1,C-1,Eva Klein,2026-01-01,2027-12-31,3m-eom\n"), as: .contracts)
            #expect(longer.outputs == [.init(kind: .contracts, rows: 1, changed: 1)])
            #expect(
                try await database.rows("SELECT ends_on, notice_period FROM ltc.contracts") == ["2027-12-31|3m-eom"])
            #expect(
                try await database.rows("SELECT detail->'ends_on' FROM ltc.events WHERE kind = 'contract_changed'") == [
                    "[\"2026-12-31\", \"2027-12-31\"]"
                ])
            let other = try await trial.run(
                try trial.write(header + "V-1,C-2,Eva Klein,2026-01-01,2027-12-31,3m-eom\n"), as: .contracts)
            #expect(other.rejects.map(\.reject.reason) == [.alreadyDiffers])
        }
    }

    @Test func `receipts and activities find what they are about`() async throws {
        try await Self.withCompany { database, trial in
            _ = try await trial.run(try trial.write(Self.invoices), as: .invoices)
            let receipts =
                "reference,booked_on,amount,currency,customer,iban\nB-1,2026-02-01,40,EUR,C-1,DE02 1203 0000 0000 2020 51\nB-2,2026-02-01,40,EUR,C-9,\n"
            let money = try await trial.run(try trial.write(receipts), as: .receipts)
            #expect(money.outputs == [.init(kind: .receipts, rows: 2, taken: 1, rejected: 1)])
            #expect(try await database.rows("SELECT iban FROM ltc.receipts") == ["DE02120300000000202051"])
            let activities =
                "external_id,subject_kind,subject,member,kind,happened_at\nA-1,contract,V-1,eva-klein,call,2026-02-01T10:00:00Z\nA-2,lead,L-9,,call,2026-02-01\n"
            let deeds = try await trial.run(try trial.write(activities), as: .activities)
            #expect(deeds.outputs == [.init(kind: .activities, rows: 2, taken: 1, rejected: 1)])
            #expect(deeds.rejects.map(\.reject.reason) == [.unknownSubject])
        }
    }

    @Test func `an open opportunity follows the file, a closed one stays as it is`() async throws {
        try await Self.withCompany { database, trial in
            func deals(_ stage: String) async throws -> ImportReport.Output? {
                let text =
                    "external_id,company,owner,stage,opened_on,amount,currency\nD-1,Acme,Eva Klein,\(stage),2026-01-05,10,EUR\n"
                return try await trial.run(try trial.write(text), as: .opportunities).outputs.first
            }
            let outputs = [
                try await deals("needs"), try await deals("needs"), try await deals("won"), try await deals("needs"),
            ]
            #expect(
                outputs == [
                    .init(kind: .opportunities, rows: 1, taken: 1), .init(kind: .opportunities, rows: 1, unchanged: 1),
                    .init(kind: .opportunities, rows: 1, changed: 1),
                    .init(kind: .opportunities, rows: 1, unchanged: 1),
                ])
            #expect(
                try await database.rows(
                    "SELECT kind, from_state, to_state FROM ltc.events WHERE subject_kind = 'opportunity' ORDER BY id")
                    == ["opportunity_opened||needs", "opportunity_changed|needs|won"])
        }
    }

    private static func withCompany(_ body: (TestDatabase, Trial) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            try await MavenImportTests.makeCreditor(in: database)
            _ = try await trial.run(try trial.write("code,name,zone\nsales,Sales,Europe/Berlin\n"), as: .teams)
            _ = try await trial.run(try trial.write("code,name,team\neva-klein,Eva Klein,sales\n"), as: .members)
            _ = try await trial.run(try trial.write("number,name\nC-1,Acme\nC-2,Globex\n"), as: .customers)
            let contract = "number,customer,owner,starts_on,ends_on\nV-1,C-1,Eva Klein,2026-01-01,2026-12-31\n"
            _ = try await trial.run(try trial.write(contract), as: .contracts)
            try await body(database, trial)
        }
    }

    @Test func `a country is known by its code or its name, and what is none is told`() async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let report = try await trial.run(
                try trial.write(
                    """
                    number,name,country
                    C-1,Acme,de
                    C-2,Globex,China
                    C-3,Initech,Vereinigtes Königreich
                    C-4,申通,中国大陆
                    C-5,Nowhere,Atlantis

                    """), as: .customers)
            #expect(
                try await database.rows("SELECT number, country FROM ltc.customers ORDER BY number")
                    == ["C-1|DE", "C-2|CN", "C-3|GB", "C-4|CN"])
            #expect(report.rejects.map(\.reject.column) == ["country"])
        }
    }

}
