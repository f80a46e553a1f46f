package import Delivery
import Foundation
package import Postgres
package import Store
import Synchronization

/// Prints the letters of notices as PDF and keeps them, so that asking again gives the same bytes.
///
/// Not in the run: ten thousand letters take longer than the decisions. A letter is printed when it is first wanted: when
/// its mail goes out, or with the package of its run.
package enum LetterPress {
    /// Fonts stay open in it. Mails go out more slowly than it prints.
    static let printer = Mutex(LetterPrinter())

    /// A notice whose letter cannot be printed.
    package struct Failure: Sendable {
        package let notice: Int
        package let mistake: LetterMistake
    }

    /// The kept PDF of a notice's letter as it reads now; it is written and printed if it is not there.
    ///
    /// - Throws: `LetterMistake` for what cannot be printed.
    package static func letter(
        of notice: Int, in db: isolated Connection
    ) throws -> LettersSQL.KeptLetter.Row {
        if let kept = try db.first(LettersSQL.KeptLetter(notice: notice)) { return kept }
        let paper = try NoticePaper.one(notice, in: db)
        try paper.keepText(in: db)
        let bytes = try printer.withLock { try $0.print(paper.letter) }
        try db.execute(LettersSQL.KeepLetters(notices: [notice], contents: [bytes]))
        return try db.one(LettersSQL.KeptLetter(notice: notice))
    }

    /// A notice's letter as it would be printed now, a draft's too; nothing is kept.
    package static func print(_ notice: Int, in db: isolated Connection) throws -> [UInt8] {
        let paper = try NoticePaper.one(notice, in: db)
        return try printer.withLock { try $0.print(paper.letter) }
    }

    /// Prints what is not printed of the approved notices of a run, on all cores, a hundred letters a transaction.
    ///
    /// - Parameter run: nil for the latest one that left files
    /// - Returns: those that cannot be printed.
    package static func printRest(of run: Int?, team: String?, pool: Pool) async throws -> [Failure] {
        let notices = try await pool.transaction { db in
            try db.run(LettersSQL.Unprinted(run: run, team: team)).map(\.notice)
        }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return try await withThrowingTaskGroup(of: [Failure].self) { group in
            for core in 0..<min(cores, notices.count) {
                let share = stride(from: core, to: notices.count, by: cores).map { notices[$0] }
                group.addTask { try await keep(share, pool: pool) }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted { $0.notice < $1.notice }
        }
    }

    private static func keep(_ notices: [Int], pool: Pool) async throws -> [Failure] {
        let printer = LetterPrinter()
        var failures: [Failure] = []
        for chunk in notices.chunks(of: 100) {
            var printed: [(notice: Int, bytes: [UInt8])] = []
            let papers = try await pool.transaction { db in try NoticePaper.load(chunk, in: db) }
            for paper in papers {
                do {
                    printed.append((paper.head.id, try printer.print(paper.letter)))
                } catch let mistake as LetterMistake {
                    failures.append(Failure(notice: paper.head.id, mistake: mistake))
                }
            }
            let texts = DunningSQL.KeepTexts(notices: papers.map(\.head.id), letters: papers.map(\.text))
            let letters = LettersSQL.KeepLetters(notices: printed.map(\.notice), contents: printed.map(\.bytes))
            try await pool.transaction { db in
                try db.execute(texts)
                try db.execute(letters)
            }
        }
        return failures
    }

    /// The verdict of the gate that looked at the message about a notice, with its letter attached to it, and with all that
    /// a lawyer needs where it goes to one.
    static func attach(
        _ verdict: DeliveryHooks.Verdict, to message: QueuedMessage, in db: isolated Connection
    ) throws -> DeliveryHooks.Verdict {
        guard verdict == .send else { return verdict }
        try NoticeText.write(message, in: db)
        let channel = try db.one(LegalSQL.Claim(notice: message.subjectId)).channel
        // Who telephones has it in the mail's text.
        guard ["mail", "letter", "legal"].contains(channel) else { return .send }
        do {
            let letter = try letter(of: message.subjectId, in: db).id
            try db.execute(LettersSQL.AttachLetter(message: message.id, artefact: letter))
            if channel == "legal" { try LegalPack.attach(to: message, in: db) }
            return .send
        } catch let mistake as LetterMistake {
            return .hold(reason: mistake.reason, words: "\(mistake)")
        }
    }
}
