import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

/// What a dunning run hands over, from the settings to the files.
@Suite(.timeLimit(.minutes(10))) struct OutputsTests {
    private static let company = """
        company: Small
        members: { mia: { name: Mia, email: mia@small.example } }
        teams:
          office: { name: Office, kind: finance, zone: Europe/Berlin, hours: { mon-fri: 09:00-17:00 }, seats: { mia: { role: manager } } }
        creditors: { small: { name: Small, finance_team: office, country: DE } }
        dunning:
          standard: hard
          procedures:
            hard:
              levels:
                - { after_days: 5, pay_within: 10, channels: [legal] }
        """

    private func ltc(_ database: TestDatabase, _ arguments: String...) async throws -> (code: Int32, output: String) {
        let process = try ChildProcess(product("ltc"), arguments + ["--database", "dbname=\(database.name)"])
        var output = ""
        while case let more = await process.nextOutput(), !more.isEmpty { output += more }
        return (await process.exit(), output)
    }

    private func daemon(_ database: TestDatabase, _ outputs: URL, _ arguments: String...) async throws -> (
        code: Int32, log: String
    ) {
        await (try DaemonProcess(database.name, arguments, environment: ["LTC_OUTPUTS": outputs.path])).end()
    }

    @Test func `finance finds each run's package, a lawyer's pack in it, and gets the same again`() async throws {
        try await TestDatabase.with { database in
            let place = FileManager.default.temporaryDirectory.appending(path: "ltc-outputs-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: place) } }
            for (name, text) in [
                ("company.yaml", Self.company), ("customers.csv", "number,name,email\nC-1,Miller,pay@miller.example\n"),
                (
                    "invoices.csv",
                    "number,customer,issued_on,due_on,amount,currency\nR-1,C-1,2026-04-01,2026-05-01,100.00,EUR\n"
                ),
            ] {
                try Data(text.utf8).write(to: place.appending(path: name))
            }
            for arguments in [
                ["apply", "company.yaml"], ["import", "customers", "customers.csv"],
                ["import", "invoices", "invoices.csv"],
            ] {
                let (code, output) = try await ltc(
                    database, arguments[0],
                    arguments.count == 3 ? arguments[1] : place.appending(path: arguments[1]).path,
                    arguments.count == 3 ? place.appending(path: arguments[2]).path : "--json")
                #expect(code == 0, "\(arguments): \(output)")
            }
            // Dated in the past: proposed, and nothing goes out by itself.
            let past = try await ltc(database, "run", "dun-invoices", "--as-of", "2026-06-01", "--dry-run")
            #expect(past.code == 0 && past.output.contains("proposed") && past.output.contains("past_run"), "\(past)")

            let told = try await ltc(
                database, "run", "dun-invoices", "--as-of", "2026-06-01", "--dry-run", "--json")
            // Words for people are in the same stream, without braces.
            let document = try #require(told.output.firstIndex(of: "{").map { told.output[$0...] })
            let json = try #require(
                try JSONSerialization.jsonObject(
                    with: Data(document[...document.lastIndex(of: "}")!].utf8)) as? [String: Any])
            #expect(json["schema"] as? String == "ltc.run.dun-invoices/1" && json["dry_run"] as? Bool == true)
            let notices = try #require(json["notices"] as? [[String: Any]])
            #expect(notices.count == 1 && notices[0]["customer"] as? String == "C-1", "\(notices)")
            #expect((json["skipped"] as? [Any])?.isEmpty == true)

            let outputs = place.appending(path: "outputs")
            let check = try await daemon(database, outputs, "--check")
            #expect(check.code == 1 && check.log.contains("packages cannot be written"), "\(check)")
            let first = try await daemon(database, outputs, "--as-of", "2026-06-01", "--until-idle")
            #expect(first.code == 0, "\(first)")
            #expect(!FileManager.default.fileExists(atPath: outputs.path))
            let doctor = try await ltc(database, "doctor")
            #expect(
                doctor.code == 1 && doctor.output.contains("\(outputs.path): No such file or directory"), "\(doctor)")

            try FileManager.default.createDirectory(at: outputs, withIntermediateDirectories: true)
            let job = try await database.pool.transaction { db in
                try JobStore.list(kind: "drop-package", in: db)[0].id
            }
            #expect(try await ltc(database, "job", "retry", "\(job)").code == 0)
            let second = try await daemon(database, outputs, "--as-of", "2026-06-01", "--until-idle")
            #expect(second.code == 0 && second.log.contains("package written"), "\(second)")
            let runs = try FileManager.default.contentsOfDirectory(atPath: outputs.appending(path: "office").path)
            #expect(runs.count == 1 && runs[0].hasPrefix("2026-06-01-run-"), "\(runs)")
            let package = outputs.appending(path: "office/\(runs[0])")
            let manifest = try String(contentsOf: package.appending(path: "manifest.sha256"), encoding: .utf8)
            #expect(manifest.contains("  legal/C-1/DN-2026-000001/index.csv\n"), "\(manifest)")

            let again = place.appending(path: "again").path
            #expect(try await ltc(database, "dunning", "package", "--into", again).code == 0)
            let run = try #require(runs[0].split(separator: "-").last)
            #expect(
                try String(contentsOfFile: "\(again)/run-\(run)/manifest.sha256", encoding: .utf8) == manifest)
            let checked = try ChildProcess(
                "sh", ["-c", "cd \(again)/run-\(run) && sha256sum --quiet --check manifest.sha256"])
            #expect(await checked.exit() == 0)
            let legal = try await ltc(database, "dunning", "package", "--legal", "DN-2026-000001", "--into", again)
            #expect(legal.code == 0 && legal.output.contains("/legal-DN-2026-000001/index.csv"), "\(legal)")
            for wrong in [["--legal", "7"], ["--run", "77"]] {
                let refused = try await ltc(database, "dunning", "package", wrong[0], wrong[1], "--into", again)
                #expect(refused.code == 1 && refused.output.contains("→"), "\(refused)")
            }
            let both = try await ltc(database, "dunning", "package", "--legal", "7", "--run", "7")
            #expect(both.code == 2, "\(both)")
        }
    }
}
