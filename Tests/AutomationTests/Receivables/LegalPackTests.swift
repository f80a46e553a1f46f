import Automation
import Delivery
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@Suite struct LegalPackTests {
    /// A letter that was mailed, then a claim for a lawyer.
    private func with(_ body: (FinanceOffice) async throws -> Void) async throws {
        var company = try FinanceOffice.company()
        company.dunning.procedures[0].levels[1].channels = [.legal]
        try await FinanceOffice.with(company) { office in
            try await office.script("UPDATE ltc.customers SET number = '../C/1' WHERE number = 'C1'")
            try await office.invoice("R1", of: "../C/1", due: "2026-03-01")
            try await office.invoice("G1", of: "../C/1", due: "2026-03-05", minor: 20_000, kind: "credit-note")
            try await office.run(DunInvoices.self, on: "2026-03-10")
            _ = try await office.send()
            try await office.receipt("T1", of: "../C/1", on: "2026-03-20", minor: 50_000)
            _ = try await office.database.pool.transaction { db in
                try DunningObstacleDesk.promise(
                    "R1", amount: "10.00", on: CalendarDate("2026-03-22")!,
                    actor: "fay", asOf: .day(CalendarDate("2026-03-20")!), in: db)
            }
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await body(office)
        }
    }

    private func pack(_ office: FinanceOffice) async throws -> [String: String] {
        try await office.database.pool.transaction { db in
            let notice = try DunningDesk.find(["DN-2026-000002"], in: db)[0]
            return try LegalPack.keep(of: notice, in: db).reduce(into: [:]) { files, file in
                files[file.name] = String(
                    decoding: try db.one(LettersSQL.Content(artefact: file.id)).content, as: UTF8.self)
            }
        }
    }

    @Test func `a lawyer gets letters, invoices, interest, history and account, the same each time`() async throws {
        try await with { office in
            let files = try await pack(office)
            let folder = "legal/_._C_1/DN-2026-000002/"
            #expect(
                files.keys.sorted()
                    == [
                        "DN-2026-000001.pdf", "DN-2026-000002.pdf", "account.csv", "index.csv", "interest.csv",
                        "invoices.csv", "log.csv",
                    ].map { folder + $0 })
            let invoices = try #require(files[folder + "invoices.csv"])
            #expect(invoices.contains("R1,,2026-01-30,2026-03-01,30,2,EUR,4500.00,4000.00,"), "\(invoices)")
            #expect(invoices.contains("credit,,,,,,EUR,,-200.00,"))
            let interest = try #require(files[folder + "interest.csv"])
            #expect(interest.contains("4000.00 × 11 % × 11 / 365 = 13.260274") && interest.contains("§ 288 BGB"))
            #expect(interest.contains("R1,sum,2026-03-02,2026-03-31,30,"))
            let log = try #require(files[folder + "log.csv"])
            for what in ["notice_sent", "level_reached", "mail_accepted", "payment_promised", "notice_approved"] {
                #expect(log.contains(what), "\(what) in \(log)")
            }
            let index = try #require(files[folder + "index.csv"])
            #expect(index.contains(SHA256.hex(Array(interest.utf8))))
            // Asked again after the account has moved on, it is what was handed over.
            try await office.receipt("T2", of: "../C/1", on: "2026-04-02", minor: 50_000)
            #expect(try await pack(office) == files)
            #expect(
                try await office.number("SELECT count(*) FROM ltc.artefacts WHERE handed_over_with IS NOT NULL") == 7)
        }
    }

    @Test func `the balance of the account is what the ledger says`() async throws {
        try await with { office in
            let account = try #require(try await pack(office).first { $0.key.hasSuffix("account.csv") }?.value)
            let balance = account.split(separator: "\r\n").last?.split(separator: ",").last
            // 4,500.00 less 200.00 of credit, less 500.00 paid.
            #expect(balance == "3800.00", "\(account)")
        }
    }

    @Test func `the task carries the pack and the run's package has it`() async throws {
        try await with { office in
            _ = try await office.database.pool.transaction { db in
                let task = try db.run(MessagesSQL.Waiting()).map { try db.one(MessagesSQL.Take(id: $0.id)) }
                    .filter { $0.subjectKind == "dunning-task" }
                #expect(task.count == 1)
                #expect(try DeliveryHooks.of(subjectKind: "dunning-task").gate(task[0], Date(), db) == .send)
                let names = try db.run(MessagesSQL.Attachments(message: task[0].id)).map(\.name)
                #expect(names.count == 8 && names.contains { $0.hasSuffix("/index.csv") }, "\(names)")
            }
            let package = try await RunPackage.make(of: nil, team: nil, pool: office.database.pool)
            #expect(package.files.count { $0.name.hasPrefix("legal/_._C_1/DN-2026-000002/") } == 7)
        }
    }

    @Test func `a notice that goes another way has no pack`() async throws {
        try await with { office in
            await #expect {
                _ = try await RunPackage.legal("DN-2026-000001", pool: office.database.pool)
            } throws: { ($0 as? Problem)?.code == "not_legal" }
        }
    }
}
