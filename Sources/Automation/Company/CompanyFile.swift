package import Domain
import Yams

/// The company's description as people write it: one or several YAML files that are read as one.
package struct CompanyFile {
    /// The names that the database knows from elsewhere (an import), to which a file may refer without describing them.
    package struct Known: Sendable {
        package var members: Set<String>
        package var teams: [String: TeamKind]

        package init(members: Set<String> = [], teams: [String: TeamKind] = [:]) {
            self.members = members
            self.teams = teams
        }
    }

    var company = Company(name: "")
    let reading = Reading()
    /// Where each section, member, … was described first: a second time is a mistake.
    private var described: [String: String] = [:]
    /// Where each team says which calendar it follows.
    var calendarEntries: [(team: String, entry: Entry)] = []
    /// Where each schedule says which calendar it follows.
    var scheduleEntries: [(schedule: String, entry: Entry)] = []

    /// Reads what the files say together.
    ///
    /// - Throws: `Problems` with every mistake of all files, each with its line, its column and how to mend it.
    package static func read(_ files: [(path: String, text: String)], known: Known = Known()) throws(Problems)
        -> Company
    {
        var file = CompanyFile()
        for (path, text) in files { file.read(text, path: path) }
        if file.described["company"] == nil, let first = files.first {
            file.reading.refuse("'company' is missing", at: first.path, advice: "name it: 'company: Acme Ltd'")
        }
        file.resolve(known)
        guard file.reading.problems.isEmpty else { throw Problems(file.reading.problems) }
        return file.company.inOrder
    }

    private mutating func read(_ text: String, path: String) {
        do {
            guard let root = try compose(yaml: text) else {
                return reading.refuse(
                    "the file is empty", at: path, advice: "describe the company: see config/small.yaml")
            }
            read(Entry(node: root, file: path, path: "", reading: reading).sections)
        } catch {
            let (line, column, what) = place(of: error)
            reading.refuse(what, at: "\(path):\(line):\(column)", advice: "mend the YAML: check indentation and quotes")
        }
    }

    private mutating func read(_ sections: Fields) {
        if let name = once(sections, "company") { company.name = name.text() ?? "" }
        for (code, calendar) in each(sections, "calendars") { readCalendar(code, calendar) }
        let webhooks = each(sections, "webhooks")
        if !webhooks.isEmpty { company.webhooks = (company.webhooks ?? []) + webhooks.map(webhook) }
        for (code, member) in each(sections, "members") { readMember(code, member) }
        for (code, team) in each(sections, "teams") { readTeam(code, team) }
        for (code, creditor) in each(sections, "creditors") { readCreditor(code, creditor) }
        if let assignment = once(sections, "assignment") { readAssignment(assignment) }
        for rule in sections["follow_ups"]?.list() ?? [] { readFollowUp(rule) }
        if let renewals = once(sections, "renewals") { readRenewals(renewals) }
        if let dunning = once(sections, "dunning") { readDunning(dunning) }
        if let ledger = once(sections, "ledger") { readLedger(ledger) }
        for (name, schedule) in each(sections, "schedules") { readSchedule(name, schedule) }
    }

    /// A section that stands in one file only.
    private mutating func once(_ sections: Fields, _ name: String) -> Entry? {
        guard let entry = sections[name] else { return nil }
        return isNew(name, entry) ? entry : nil
    }

    /// The things that a section describes, by their codes.
    mutating func each(_ sections: Fields, _ section: String) -> [(code: String, value: Entry)] {
        (sections[section]?.pairs() ?? []).compactMap { key, value in
            let wanted = "a code of small letters, digits and single hyphens"
            guard let code = key.value(wanted, { $0.isCode ? $0 : nil }), isNew("\(section) \(code)", key) else {
                return nil
            }
            return (code, value)
        }
    }

    mutating func isNew(_ name: String, _ entry: Entry) -> Bool {
        if let first = described[name] {
            entry.refuse("described a second time; the first is at \(first)", advice: "keep one of the two")
            return false
        }
        described[name] = entry.place
        return true
    }
}

extension Entry {
    fileprivate var sections: Fields {
        fields(
            "company", "calendars", "webhooks", "members", "teams", "creditors", "assignment", "follow_ups", "renewals",
            "dunning", "ledger", "schedules")
    }
}

extension Company {
    /// What has codes is in their order, so that a file that is only rearranged says the same.
    fileprivate var inOrder: Company {
        var company = self
        company.calendars.sort { $0.code < $1.code }
        company.webhooks?.sort { $0.code < $1.code }
        company.members.sort { $0.code < $1.code }
        company.teams.sort { $0.code < $1.code }
        company.creditors.sort { $0.code < $1.code }
        company.dunning.procedures.sort { $0.name < $1.name }
        company.schedules.sort { $0.name < $1.name }
        for index in company.teams.indices { company.teams[index].seats.sort { $0.member < $1.member } }
        return company
    }
}

extension String {
    var isCode: Bool {
        let isWord = { (word: Substring) in
            !word.isEmpty && word.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
        }
        return split(separator: "-", omittingEmptySubsequences: false).allSatisfy(isWord)
    }
}

/// Where YAML cannot be read, and why.
private func place(of error: any Error) -> (line: Int, column: Int, what: String) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        (mark.line, mark.column, "this is no YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
        (context.mark.line, context.mark.column, "stands twice: \(keys.joined(separator: ", "))")
    default: (1, 1, "this is no YAML: \(error)")
    }
}
