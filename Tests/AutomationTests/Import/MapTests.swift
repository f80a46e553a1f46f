import Domain
import Foundation
import TestSupport
import Testing

@testable import Automation

@Suite struct MapTests {
    private func map(_ name: String) throws -> ImportMap {
        try MapFile.read(
            MavenImportTests.package.appending(path: "config/imports/\(name).yaml").path(percentEncoded: false))
    }

    @Test func `leads and opportunities of Salesforce`() async throws {
        let leads = """
            Lead ID,First Name,Last Name,Company / Account,Email,Phone,Lead Source,Country,Industry,Create Date,Rating
            00Q1,Ann,Lee,Acme,ann@example.com,(415) 555-0101,Web,US,Energy,3/7/2026,Hot
            """
        let deals = """
            Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Created Date,Close Date,Amount
            0061,Boards,Acme,Eva Klein,Closed Won,3/1/2026,3/7/2026,"1,234.50"
            0062,Cables,,Eva Klein,Negotiation/Review,3/1/2026,12/31/2026,100
            """
        try await TestDatabase.with { database in
            try await Self.makeCompany(in: database)
            let trial = Trial(database)
            let first = try await trial.run(try trial.write(leads)) { $0.use(try map("salesforce")) }
            #expect(first.unknownColumns.isEmpty)
            #expect(first.absentColumns == ["Description", "Do Not Call"])
            #expect(
                try await database.rows("SELECT source, external_id, contact, created_at FROM ltc.leads") == [
                    "salesforce|00Q1|Ann Lee|2026-03-07 08:00:00+00"
                ])
            let second = try await trial.run(try trial.write(deals), as: .opportunities) {
                $0.use(try map("salesforce"))
                $0.constants = ["currency": "USD"]
            }
            #expect(second.rejects.isEmpty)
            #expect(
                try await database.rows(
                    "SELECT external_id, stage, closed_on, amount_minor FROM ltc.opportunities ORDER BY id") == [
                        "0061|won|2026-03-07|123450", "0062|negotiation||10000",
                    ])
        }
    }

    @Test func `contacts of HubSpot, of which those without a company are rejected`() async throws {
        let contacts = """
            Record ID,First Name,Last Name,Email,Phone Number,Company Name,Original Source,Country/Region,Industry,Create Date
            1,Ann,Lee,ann@example.com,,Acme,Organic Search,DE,,2026-03-07 09:30
            2,Bob,Ray,bob@example.com,,,Organic Search,DE,,2026-03-07 09:30
            """
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let report = try await trial.run(try trial.write(contacts)) { $0.use(try map("hubspot")) }
            #expect(report.rejects.map { "\($0.line) \($0.reject.column ?? "")" } == ["3 company"])
            #expect(try await database.rows("SELECT created_at FROM ltc.leads") == ["2026-03-07 08:30:00+00"])
        }
    }

    @Test func `线索 and 商机 of 简道云`() async throws {
        let leads = """
            线索编号,公司名称,联系人,联系电话,线索来源,所属地区,预算金额,提交时间,请勿联系
            XS-1,上海申通,张伟,021-5555 8888,展会,华东,"12,000.00",2026-03-07 09:30:00,否
            """
        let deals =
            "商机编号,商机名称,客户名称,负责人,商机阶段,提交时间,预计成交日期,成交日期,商机金额\nSJ-1,主板,Acme,Eva Klein,赢单,2026-03-01 10:00:00,2026-04-01,2026-03-07,8000\n"
        try await TestDatabase.with { database in
            try await Self.makeCompany(in: database)
            let trial = Trial(database)
            let first = try await trial.run(try trial.write(leads)) { $0.use(try map("jiandaoyun")) }
            #expect(first.unknownColumns.isEmpty)
            #expect(
                try await database.rows(
                    "SELECT external_id, channel, budget_minor, currency, created_at FROM ltc.leads") == [
                        "XS-1|fair|1200000|CNY|2026-03-07 01:30:00+00"
                    ])
            _ = try await trial.run(try trial.write(deals), as: .opportunities) { $0.use(try map("jiandaoyun")) }
            #expect(
                try await database.rows("SELECT stage, opened_on, closed_on, currency FROM ltc.opportunities") == [
                    "won|2026-03-01|2026-03-07|CNY"
                ])
        }
    }

    @Test(arguments: [
        ("files: [{file: a.csv, outputs: [{kind: leads, colums: {}}]}]", "invalid_map"),
        ("files: [{file: a.csv", "invalid_yaml"),
        ("files: [{file: a.csv, outputs: [{kind: shoes}]}]", "invalid_map"), ("source: x", "invalid_map"),
        ("zone: Mars/Olympus\nfiles: []", "invalid_map"), ("dates: soon\nfiles: []", "invalid_map"),
    ])
    func `a map that says what is not known is refused`(text: String, code: String) async throws {
        try await TestDatabase.with { database in
            let path = try Trial(database).write(text)
            let problem = #expect(throws: Problem.self) { try MapFile.read(path) }
            #expect(problem?.code == code)
            #expect(problem?.place?.hasPrefix(path) == true)
        }
    }

    @Test func `a map that names columns which the file has not refuses the file`() async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let path = try trial.write("company\nAcme\n")
            let problem = await #expect(throws: Problem.self) {
                try await trial.run(path) { $0.use(try map("hubspot")) }
            }
            #expect(problem?.code == "missing_columns")
        }
    }

    private static func makeCompany(in database: TestDatabase) async throws {
        let trial = Trial(database)
        _ = try await trial.run(try trial.write("code,name,zone\nsales,Sales,Europe/Berlin\n"), as: .teams)
        _ = try await trial.run(try trial.write("code,name,team\neva-klein,Eva Klein,sales\n"), as: .members)
        _ = try await trial.run(try trial.write("number,name\nC-1,Acme\n"), as: .customers)
    }
}

extension FileImport {
    /// As the command does with `--map`.
    mutating func use(_ map: ImportMap) {
        self.map = map
        source = map.source ?? source
    }
}
