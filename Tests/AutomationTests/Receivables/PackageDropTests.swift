import Automation
import Domain
import Foundation
import Jobs
import Postgres
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct PackageDropTests {
    /// Works the jobs that runs left, as a daemon does.
    private func work(_ office: FinanceOffice, into folder: URL?) async throws {
        let drop = PackageDrop(folder: folder, pool: office.database.pool, logger: TestDatabase.logger)
        let engine = Engine(
            pool: office.database.pool, listening: nil, handlers: [drop.handler], logger: TestDatabase.logger)
        _ = try await engine.runUntilIdle()
    }

    private func with(_ body: (FinanceOffice, URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-outputs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await body(office, folder)
        }
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private let waiting = "SELECT count(*) FROM ltc_jobs.jobs WHERE kind = 'drop-package'"

    @Test func `a run puts its package into the folder, once however often it is written`() async throws {
        try await with { office, folder in
            try await office.run(DunInvoices.self, on: "2026-03-31", isPreview: true)
            #expect(try await office.number(waiting) == 0)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await work(office, into: folder)
            let runs = try names(folder.appending(path: "finance"))
            #expect(runs.count == 1 && runs[0].hasPrefix("2026-03-31-run-"), "\(runs)")
            let package = folder.appending(path: "finance/\(runs[0])")
            #expect(
                try names(package) == [
                    "DN-2026-000001.pdf", "ageing-finance-2026-03-31.png", "dunning-finance-2026-03-31.csv",
                    "dunning-finance-2026-03-31.xlsx", "manifest.sha256",
                ])
            // A daemon that died after it wrote and before it said so leaves the job to another.
            let arguments = "{\"run\": \(runs[0].split(separator: "-").last ?? "")}"
            try await office.database.pool.transaction { db in
                _ = try JobQueue.enqueue([NewJob(kind: PackageDrop.jobKind, arguments: arguments)], in: db)
            }
            try await work(office, into: folder)
            #expect(try names(folder.appending(path: "finance")) == runs)
            #expect(try await office.number(waiting) == 0)
            // Nothing is new: no package either.
            try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(try await office.number(waiting) == 0)
        }
    }

    @Test func `a folder that is away is not made but waited for, and the doctor hears of it`() async throws {
        try await with { office, folder in
            try await office.run(DunInvoices.self, on: "2026-03-31")
            let away = folder.appending(path: "mounted")
            try await work(office, into: away)
            #expect(try names(folder).isEmpty)
            let stuck = try await office.database.pool.transaction { db in try db.run(DoctorSQL.StuckPackages()) }
            #expect(stuck.map(\.error) == ["\(away.path): No such file or directory"])
            try FileManager.default.createDirectory(at: away, withIntermediateDirectories: true)
            try await office.database.pool.transaction { db in
                try JobStore.retry(JobStore.list(kind: PackageDrop.jobKind, in: db).map(\.id), in: db)
            }
            try await work(office, into: away)
            #expect(try names(away) == ["finance"])
            #expect(try await office.number(waiting) == 0)
        }
    }

    @Test func `where no folder is set nothing waits`() async throws {
        try await with { office, _ in
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await work(office, into: nil)
            #expect(try await office.number(waiting) == 0)
        }
    }
}
