import Automation
import Domain
import TestSupport
import Testing

@Suite struct FinancePackageTests {
    @Test func `finance gets the register and the ageing after a run`() async throws {
        try await FinanceOffice.with { office in
            try await office.script("UPDATE ltc.customers SET name = '=cmd()' WHERE number = 'C1'")
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.invoice("R2", due: "2026-04-30", minor: 100)
            let report = try await office.run(DunInvoices.self, on: "2026-03-31")
            let register = try await office.texts(
                "SELECT convert_from(content, 'UTF8') FROM ltc.artefacts WHERE media_type LIKE 'text/csv%'")
            #expect(register.count == 1)
            #expect(
                register[0].contains(
                    ",approved,within_limit,mail,,acme,C1,'=cmd(),2,R1,2026-01-30,2026-03-01,30,1,2,EUR,4500.00,40.68,0.00,5.00,0.00,0.00,4545.68,,,"
                ))
            #expect(report.notices.map(\.total.amount) == ["4545.68"])
            let digest = try await office.texts("SELECT body FROM ltc.messages WHERE kind = 'digest'")
            #expect(digest.count == 1)
            // Not due, 1-30, 31-60, 61-90, over 90, unallocated, ledger.
            let line = digest[0].split(separator: "\\n").last?.split(separator: " ").joined(separator: " ")
            #expect(line == "EUR 1.00 4500.00 0.00 0.00 0.00 0.00 4501.00")
            let attached = try await office.texts(
                "SELECT a.name FROM ltc.message_attachments JOIN ltc.artefacts AS a ON a.id = artefact_id ORDER BY 1")
            #expect(attached == ["ageing-finance-2026-03-31.png", "dunning-finance-2026-03-31.csv"])
        }
    }

    @Test func `work that is not mailed is listed with its reason, and counted by channel`() async throws {
        var company = try FinanceOffice.company()
        company.dunning.procedures[0].levels[0].channels = [.mail]
        company.dunning.procedures[0].levels[1].channels = [.legal]
        try await FinanceOffice.with(company) { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.invoice("R2", of: "C2", due: "2026-03-01", level: 1)
            // Without an address.
            try await office.invoice("R3", of: "C3", due: "2026-03-01")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            let digest = try await office.texts("SELECT body FROM ltc.messages WHERE kind = 'digest'")[0]
            #expect(digest.contains("By channel: mail 1, call 1, legal 1"))
            #expect(digest.contains("  call (no_address): DN-2026-000003, C3 Nowhere, 4500.00 EUR"), "\(digest)")
            #expect(digest.contains("  legal: DN-2026-000002, C2 上海精密仪器, 4545.68 EUR"))
            #expect(!digest.contains("  mail"))
            let register = try await office.texts(
                "SELECT convert_from(content, 'UTF8') FROM ltc.artefacts WHERE media_type LIKE 'text/csv%'")[0]
            #expect(register.contains(",call,no_address,acme,C3,Nowhere,") && register.contains(",legal,,acme,C2,"))
        }
    }

    @Test func `finance hears also when nothing was due, but once a day`() async throws {
        try await FinanceOffice.with { office in
            for _ in 1...2 { try await office.run(DunInvoices.self, on: "2026-03-31") }
            let digests = try await office.texts("SELECT body FROM ltc.messages WHERE kind = 'digest'")
            #expect(digests.count == 1 && digests[0].contains("Nothing was due today."))
            try await office.run(DunInvoices.self, on: "2026-04-01")
            #expect(try await office.number("SELECT count(*) FROM ltc.messages WHERE kind = 'digest'") == 2)
        }
    }
}
