import Delivery
import Domain
import Postgres
import Store

/// What finance is handed after a run: the register and a chart of the ageing, kept, and a digest by mail with both.
enum FinancePackage {
    /// Writes them, unless the day's are written and nothing is new.
    static func write(
        _ run: RunContext, _ team: Team, on day: CalendarDate, _ papers: [NoticePaper], skipped: [String: Int],
        heldBecause: String?, in db: isolated Connection
    ) throws {
        let wasTold = try db.one(DunningSQL.HasDigest(team: team.id, day: day, wasHeld: heldBecause != nil)).hasDigest
        guard !papers.isEmpty || !wasTold else { return }
        let register = try db.one(
            DunningSQL.KeepArtefact(
                team: team.id, run: run.runID, name: "dunning-\(team.code)-\(day).csv",
                mediaType: "text/csv; charset=utf-8", content: DunningRegister(papers.map(entry)).bytes))
        var digest = FinanceDigest(team: team.name, day: day)
        digest.heldBecause = heldBecause
        digest.skipped = skipped
        digest.notices = papers.reduce(into: [:]) { $0[$1.head.state, default: 0] += 1 }
        digest.asked = papers.reduce(into: [Currency: Int]()) {
            $0[$1.notice.currency, default: 0] += $1.notice.totalMinor
        }
        .map { Money(minor: $0.value, currency: $0.key) }.sorted { $0.currency.code < $1.currency.code }
        digest.channels = papers.reduce(into: [:]) { $0[$1.notice.channel, default: 0] += 1 }
        digest.tasks = papers.filter { $0.notice.channel != .mail }.map(task)
        digest.waiting = try db.one(DunningSQL.CountWaiting(team: team.id)).notices
        digest.ageing = try AgeingStore.ageing(team: team.id, on: day, in: db)
        var files = [register.id]
        if !digest.ageing.isEmpty {
            let reader = run.directory.seats(of: team.id).first.flatMap { run.directory.member(id: $0.member) }
            let chart = try DunningSQL.KeepArtefact(
                team: team.id, run: run.runID, name: "ageing-\(team.code)-\(day).png", mediaType: "image/png",
                content: AgeingChart(digest.ageing, language: reader?.language ?? "en").png())
            files.append(try db.one(chart).id)
        }
        try Outbox.post(mail(digest, to: team, files: files, run), in: db)
        try PackageDrop.ask(for: run.runID, in: db)
    }

    private static func mail(
        _ digest: FinanceDigest, to team: Team, files: [Int], _ run: RunContext
    ) -> [OutgoingMessage] {
        run.directory.seats(of: team.id).compactMap { run.directory.member(id: $0.member) }.compactMap { member in
            guard let email = member.email else { return nil }
            return OutgoingMessage(
                kind: .digest, team: team.id, subjectKind: "run", subjectID: run.runID, member: member.id,
                recipient: email, subject: digest.subject(in: member.language), body: digest.text(in: member.language),
                language: member.language, run: run.runID, attachments: files)
        }
    }

    private static func task(_ paper: NoticePaper) -> FinanceDigest.Task {
        FinanceDigest.Task(
            channel: paper.notice.channel, reason: paper.head.channelReason,
            notice: paper.head.number ?? "\(paper.head.id)",
            customer: "\(paper.head.customerNumber) \(paper.head.customerName)",
            total: Money(minor: paper.notice.totalMinor, currency: paper.notice.currency))
    }

    private static func entry(_ paper: NoticePaper) -> DunningRegister.Entry {
        DunningRegister.Entry(
            id: paper.head.id, number: paper.head.number, state: paper.head.state, reason: paper.head.reason,
            runDate: paper.head.runDate, creditor: paper.head.creditor, customer: paper.head.customerNumber,
            customerName: paper.head.customerName, channelReason: paper.head.channelReason, notice: paper.notice)
    }
}
