package import Delivery
package import Domain
package import Foundation
package import Postgres
import Store

/// The files that a dunning run leaves to finance: register, chart, letters, packs for lawyers. All are kept, so that it is
/// the same bytes whenever it is asked for.
package struct RunPackage: Sendable {
    package let run: Int
    /// The code of the run's team.
    package let team: String
    /// The business day of the run.
    package let day: CalendarDate
    package let files: [File]
    /// Letters that are missing, since they cannot be printed.
    package let failures: [LetterPress.Failure]

    package struct File: Sendable {
        /// Of the kept file.
        let id: Int
        /// With its folders in the package.
        package let name: String
        package let mediaType, sha256: String
        package let bytes: Int
    }

    /// Makes what is not made yet.
    ///
    /// - Parameter run: nil for the latest one that left files
    /// - Throws: a `Problem` when there is none; `WorkbookError` when there is no room on the disk.
    package static func make(of run: Int?, team: String?, pool: Pool) async throws -> RunPackage {
        let found = try await pool.transaction(.init(readOnly: true)) { db in
            try db.first(LettersSQL.PackageOf(run: run, team: team))
        }
        guard let found else {
            throw Problem(
                .refused, "no_package", run.map { "run \($0) left no files" } ?? "no run left any files",
                advice: "ltc dunning runs, ltc run dun-invoices")
        }
        try await pool.transaction { db in try FinancePackage.make(of: found.run, in: db) }
        let failures = try await LetterPress.printRest(of: found.run, team: team, pool: pool)
        let files = try await pool.transaction { db in
            try RegisterPress.makeWorkbooks(of: found.run, team: team, in: db)
            for notice in try db.run(LegalSQL.ToHandOver(run: found.run)) {
                try LegalPack.keep(of: notice.id, in: db)
            }
            return try db.run(LettersSQL.Package(run: found.run, team: team)).map {
                File(id: $0.id, name: $0.name, mediaType: $0.mediaType, sha256: $0.sha256, bytes: $0.bytes)
            }
        }
        return RunPackage(run: found.run, team: found.team, day: found.day, files: files, failures: failures)
    }

    /// What a lawyer needs of a notice that goes to one.
    ///
    /// - Parameter key: the notice's id or number
    /// - Throws: a `Problem` when there is no such notice, or it goes another way.
    package static func legal(_ key: String, pool: Pool) async throws -> RunPackage {
        try await pool.transaction { db in
            let claim = try db.one(LegalSQL.Claim(notice: DunningDesk.find([key], in: db)[0]))
            do {
                let files = try LegalPack.keep(of: claim.id, in: db).map {
                    File(
                        id: $0.id, name: LegalPack.plainName(of: $0.name), mediaType: $0.mediaType, sha256: $0.sha256,
                        bytes: $0.bytes)
                }
                return RunPackage(run: claim.run, team: claim.team, day: claim.runDate, files: files, failures: [])
            } catch let mistake as LetterMistake {
                throw Problem(.refused, mistake.reason, "notice \(key): \(mistake)")
            }
        }
    }

    /// - Returns: the package's folder.
    /// - Throws: `DropFolderError`.
    package func put(as name: String, into folder: DropFolder, from pool: Pool) async throws -> URL {
        try await pool.transaction(.init(readOnly: true)) { db in
            try folder.put(name, files.map { .init(name: $0.name, sha256: $0.sha256) }) { place, write in
                try KeptFile.read(files[place].id, in: db, write)
            }
        }
    }
}
