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

    /// Sets the approved ones on their way. What their letters say is written when they are sent.
    func publish(_ notices: [NoticeHead], run: Int?, in db: isolated Connection) throws {
        let approved = notices.filter { $0.state == "approved" }
        let managerOf = try accountManagers(of: approved, in: db)
        var messages: [OutgoingMessage] = []
        messages.reserveCapacity(approved.count)
        // The same for all customers of a country.
        var starts: [Place: Date?] = [:]
        for head in approved {
            let place = Place(team: head.team, country: head.country)
            let start = starts[place] ?? dueAt(place)
            starts[place] = .some(start)
            if head.channel == DunningChannel.mail.rawValue {
                if let mail = mail(head, run, notBefore: start) { messages.append(mail) }
            } else {
                messages += try tasks(head, run, notBefore: start, accountManager: managerOf[head.id])
            }
        }
        try Outbox.post(messages, in: db)
    }

    /// Who looks after the customers, of the notices that are theirs.
    private func accountManagers(of notices: [NoticeHead], in db: isolated Connection) throws -> [Int: Int] {
        let theirs = notices.filter { $0.channel == DunningChannel.accountManager.rawValue }.map(\.id)
        guard !theirs.isEmpty else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: try db.run(DunningSQL.AccountManagers(notices: theirs)).map { ($0.notice, $0.member) }
        )
    }

    /// Who is asked to take it to its customer.
    func people(for head: NoticeHead, in db: isolated Connection) throws -> [Member] {
        people(for: head, try accountManagers(of: [head], in: db)[head.id])
    }

    /// Where a message has to wait for a working day.
    struct Place: Hashable {
        let team: Int
        let country: String?
    }

    private func mail(_ head: NoticeHead, _ run: Int?, notBefore: Date?) -> OutgoingMessage? {
        guard let email = head.email else { return nil }
        var message = OutgoingMessage(
            kind: .dunningNotice, team: head.team, subjectKind: NoticePaper.mailed, subjectID: head.id,
            customer: head.customer, recipient: email,
            subject: DunningLetter.subject(
                number: head.number, level: head.level, creditor: head.creditorName, language: head.language),
            body: nil, language: head.language, run: run)
        message.notBefore = notBefore
        return message
    }

    /// To each who has to do it; they confirm it with `ltc dunning confirm`.
    private func tasks(
        _ head: NoticeHead, _ run: Int?, notBefore: Date?, accountManager: Int?
    ) throws -> [OutgoingMessage] {
        try people(for: head, accountManager).compactMap { member in
            guard let email = member.email else { return nil }
            var message = OutgoingMessage(
                kind: .reminder, team: head.team, subjectKind: DunningTask.subjectKind, subjectID: head.id,
                member: member.id, recipient: email,
                subject: try DunningTask(head, language: member.language).subject, body: nil,
                language: member.language, run: run)
            message.notBefore = notBefore
            return message
        }
    }

    /// The customer's account manager, the managers of delivery, or finance; finance too where there is nobody else.
    private func people(for head: NoticeHead, _ accountManager: Int?) -> [Member] {
        let found: [Member] =
            switch DunningChannel(rawValue: head.channel) ?? .call {
            case .accountManager: accountManager.flatMap(directory.member(id:)).map { [$0] } ?? []
            case .stopDeliveries:
                directory.teams.filter { $0.kind == .delivery }.compactMap { directory.manager(of: $0.id) }
            case .mail, .letter, .call, .legal: []
            }
        return found.isEmpty ? directory.finance(of: head.team) : found
    }

    /// Nil on a working day of the team and of the customer's country; otherwise when the next one begins.
    func dueAt(_ place: Place) -> Date? {
        guard let clock = directory.team(id: place.team)?.clock else { return nil }
        let country = company.calendars.first { $0.country != nil && $0.country == place.country?.uppercased() }
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
