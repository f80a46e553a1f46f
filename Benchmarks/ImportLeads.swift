import Automation
import Domain
import Foundation
import Postgres
import TestSupport

extension Measurement {
    static let importLeads = Measurement(
        name: "import-leads",
        what:
            "100,000 leads of a CSV with identities, deduplicated, and events; against a bare COPY by the server itself + INSERT … SELECT"
    ) {
        let file = try LeadsCSV.write(count: 100_000)
        defer { LeadsCSV.remove(file) }
        try RunningProcess.forgetOwnPeak()
        var (ours, bare): ([Duration], [Duration]) = ([], [])
        // In turns, so that a machine that is slow for a while is slow for both.
        for _ in 0..<3 {
            bare.append(try await TestDatabase.with { try await LeadsCSV.copyBare(file, into: $0) })
            ours.append(try await TestDatabase.with { try await LeadsCSV.importFile(file, into: $0) })
        }
        let (best, reference) = (ours.min()!.seconds, bare.min()!.seconds)
        let peak = try RunningProcess(pid: getpid()).megabytes("VmHWM")
        let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        return [
            Figure(
                label: "100,000 leads", value: "\(best.rounded(2)) s",
                reference: "COPY + INSERT … SELECT: \(reference.rounded(2)) s", ratio: reference / best,
                goal: .atLeast(0.5, reference / best)),
            Figure(
                label: "peak of resident memory", value: "\(peak.rounded(1)) MB",
                reference: "the file: \((Double(size) / 1_000_000).rounded(1)) MB"),
        ]
    }
}

/// A file of leads as a web form and a few fairs bring them, and the two ways of bringing it in.
private enum LeadsCSV {
    static func write(count: Int) throws -> URL {
        var random = SeededRandom(seed: 7)
        var writer = CSVWriter()
        writer.write([
            "external_id", "company", "contact", "email", "phone", "source", "region", "segment", "product", "budget",
            "currency",
            "created_at", "notes",
        ])
        let file = FileManager.default.temporaryDirectory.appending(path: "ltc-bench-\(UUID().uuidString).csv")
        let path = file.path(percentEncoded: false)
        // The server reads the file too, as a user of its own.
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o644]) else {
            throw Problem(.defect, "bench", "cannot be written", place: path)
        }
        let handle = try FileHandle(forWritingTo: file)
        for number in 0..<count {
            let name = ["Acme", "Globex", "上海申通", "Müller & Söhne", "Initech"].randomElement(using: &random)!
            writer.write([
                "L-\(number)", "\(name) \(number % 9000)", "Contact \(number)",
                "Person.\(number)@Example\(number % 500).com",
                "+49 30 \(1_000_000 + Int.random(in: 0..<900_000, using: &random))",
                ["web", "fair", "referral"].randomElement(using: &random)!,
                ["EMEA", "APAC", "AMER"].randomElement(using: &random)!,
                ["smb", "enterprise"].randomElement(using: &random)!,
                ["Boards", "Cables"].randomElement(using: &random)!,
                "\(Int.random(in: 100..<100_000, using: &random)).50", "EUR",
                "2026-03-0\(1 + number % 9)T09:00:00Z", "wants a \"quick\" call, soon",
            ])
            // Not the whole file in memory: the peak that is printed is the import's.
            try handle.write(contentsOf: Data(writer.bytes))
            writer.removeAll()
        }
        try handle.close()
        return file
    }

    static func remove(_ file: URL) {
        unlink(file.path(percentEncoded: false))
    }

    static func importFile(_ file: URL, into database: TestDatabase) async throws -> Duration {
        let fileImport = FileImport(.leads, path: file.path(percentEncoded: false), asOf: Date())
        // The connection is open before the clock runs, for both.
        try await database.pool.transaction { db in try db.script("SELECT 1") }
        let start = ContinuousClock.now
        let report = try await fileImport.run(on: database.pool)
        let time = start.duration(to: .now)
        guard report.outputs.first?.taken == 100_000 else {
            throw Problem(.defect, "bench", "\(report.outputs) of 100,000 leads were taken")
        }
        return time
    }

    /// What a script would do that trusts its file: no reading of values, no look for duplicates, no rejects.
    static func copyBare(_ file: URL, into database: TestDatabase) async throws -> Duration {
        let path = file.path(percentEncoded: false)
        try await database.pool.transaction { db in try db.script("SELECT 1") }
        let start = ContinuousClock.now
        try await database.pool.transaction { db in
            try db.script(
                """
                CREATE TEMP TABLE raw (
                    external_id text, company text, contact text, email text, phone text, channel text, region text,
                    segment text, product text, budget numeric, currency text, created_at timestamptz, notes text
                ) ON COMMIT DROP;
                COPY raw FROM '\(path)' (FORMAT csv, HEADER);
                WITH added AS (
                    INSERT INTO ltc.leads (
                        external_id, company, contact, email, phone, channel, region, segment, product, budget_minor,
                        currency, created_at, notes)
                    SELECT external_id, company, contact, email, phone, channel, region, segment, product, budget * 100,
                        currency, created_at, notes
                    FROM raw
                    RETURNING id, email, phone, created_at
                ), identified AS (
                    INSERT INTO ltc.identities (kind, value, is_exclusive, lead_id)
                    SELECT 'email', email, true, id FROM added UNION ALL SELECT 'phone', phone, false, id FROM added
                )
                INSERT INTO ltc.events (subject_kind, subject_id, kind, to_state, effective_at)
                SELECT 'lead', id, 'lead_arrived', 'new', created_at FROM added;
                """)
        }
        return start.duration(to: .now)
    }
}
