import Delivery
import Domain
import Foundation
import Postgres
import Store

/// Sets approved notices on their way: a mail to the customer, or a task for who posts, calls or stops deliveries.
struct NoticeDispatch {
    let company: Company
    let directory: Directory
    let now: Date

    /// With the company and the people as they are.
    static func current(at now: Date, in db: isolated Connection) throws -> NoticeDispatch {
        NoticeDispatch(
            company: try ConfigurationStore.current(in: db)?.company ?? Company(name: ""),
            directory: try DirectoryStore.load(asOf: now, in: db), now: now)
    }

    /// Prints the letters and sets the approved ones on their way.
    func publish(_ papers: [NoticePaper], run: Int?, in db: isolated Connection) throws {
        let letters = papers.map(\.letter.text)
        try db.execute(DunningSQL.WriteLetters(notices: papers.map(\.head.id), letters: letters))
        let approved = zip(papers, letters).filter { $0.0.head.state == "approved" }
        let toManagers = approved.map(\.0.head).filter { $0.channel == DunningChannel.accountManager.rawValue }
        let managers = try db.run(DunningSQL.AccountManagers(notices: toManagers.map(\.id)))
        let managerOf = Dictionary(uniqueKeysWithValues: managers.map { ($0.notice, $0.member) })
        try Outbox.post(
            approved.flatMap { paper, letter in
                paper.notice.channel == .mail
                    ? mail(paper, letter, run).map { [$0] } ?? []
                    : tasks(paper, letter, run, accountManager: managerOf[paper.head.id])
            }, in: db)
    }

    private func mail(_ paper: NoticePaper, _ letter: String, _ run: Int?) -> OutgoingMessage? {
        guard let email = paper.head.email else { return nil }
        var message = OutgoingMessage(
            kind: .dunningNotice, team: paper.head.team, subjectKind: "notice", subjectID: paper.head.id,
            customer: paper.head.customer, recipient: email, subject: paper.letter.subject, body: letter,
            language: paper.head.language, run: run)
        message.notBefore = dueAt(of: paper)
        return message
    }

    /// To each who has to do it; they confirm it with `ltc dunning confirm`.
    private func tasks(
        _ paper: NoticePaper, _ letter: String, _ run: Int?, accountManager: Int?
    ) -> [OutgoingMessage] {
        people(for: paper, accountManager).compactMap { member in
            guard let email = member.email else { return nil }
            let task = DunningTask(paper, language: member.language)
            var message = OutgoingMessage(
                kind: .reminder, team: paper.head.team, subjectKind: DunningTask.subjectKind, subjectID: paper.head.id,
                member: member.id, recipient: email, subject: task.subject, body: task.body,
                language: member.language, run: run)
            message.notBefore = dueAt(of: paper)
            return message
        }
    }

    /// The customer's account manager, the managers of delivery, or finance; finance too where there is nobody else.
    private func people(for paper: NoticePaper, _ accountManager: Int?) -> [Member] {
        let found: [Member] =
            switch paper.notice.channel {
            case .accountManager: accountManager.flatMap(directory.member(id:)).map { [$0] } ?? []
            case .stopDeliveries:
                directory.teams.filter { $0.kind == .delivery }.compactMap { directory.manager(of: $0.id) }
            case .mail, .letter, .call, .legal: []
            }
        if !found.isEmpty { return found }
        return directory.manager(of: paper.head.team).map { [$0] }
            ?? directory.seats(of: paper.head.team).compactMap { directory.member(id: $0.member) }
    }

    /// Nil on a working day of the team and of the customer's country; otherwise when the next one begins.
    private func dueAt(of paper: NoticePaper) -> Date? {
        guard let clock = directory.team(id: paper.head.team)?.clock else { return nil }
        let country = company.calendars.first { $0.country != nil && $0.country == paper.head.country?.uppercased() }
        let theirs = country.map(BusinessCalendar.init)
        let today = clock.date(of: now)
        func isWorked(_ day: CalendarDate) -> Bool {
            clock.calendar.isWorkingDay(day) && theirs?.isWorkingDay(day) ?? true
        }
        let next = (0...366).lazy.map { today.adding(days: $0) }.first(where: isWorked)
        guard let next, next > today else { return nil }
        let start = clock.startOfDay(next)
        return clock.shifts(on: next).first?.start ?? start
    }
}
