/// Whose turn it is in a team: leads in proportion to the weights, evenly spread, to those who can take one.
///
/// Every lead is shared out in thought: each available candidate is owed their weight's part of it, and the one who
/// gets it gives a whole lead back. Of those who are owed anything, the turn is theirs who would be owed a whole lead
/// soonest. While the same candidates are available nobody is ever more than a lead away from their share
/// (R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32, 1980). Who is away is owed nothing
/// meanwhile, so that nobody is buried in leads on the first day back, and a newcomer starts level.
package struct FairRotation: Sendable {
    /// One lead in the integer parts in which balances are kept: divisible by 1…16, so that the usual weights leave no
    /// remainder.
    package static let lead = 720_720

    package struct Candidate: Sendable, Hashable {
        package var member: Int
        package var weight: Int
        /// Most open leads at a time; nil is no limit.
        package var capacity: Int?
        package var openLeads: Int
        package var isAbsent: Bool
        /// Owed, in parts of a lead; negative when ahead of the share. Comes from the team's last turn.
        package var balance: Int

        package init(
            member: Int, weight: Int = 1, capacity: Int? = nil, openLeads: Int = 0, isAbsent: Bool = false,
            balance: Int = 0
        ) {
            self.member = member
            self.weight = weight
            self.capacity = capacity
            self.openLeads = openLeads
            self.isAbsent = isAbsent
            self.balance = balance
        }

        /// Why they cannot take a lead now; nil when they can.
        var hindrance: Reason? {
            if weight <= 0 { return .weightZero }
            if isAbsent { return .absent }
            if let capacity, openLeads >= capacity { return .atCapacity }
            return nil
        }
    }

    /// What a turn says of a candidate.
    package enum Reason: String, Codable, Sendable, CaseIterable {
        case nextInRotation = "next_in_rotation"
        case laterInRotation = "later_in_rotation"
        case absent
        case atCapacity = "at_capacity"
        case weightZero = "weight_zero"
    }

    package struct Standing: Codable, Sendable, Hashable {
        package var member: Int
        package var reason: Reason
        /// Open leads before the turn.
        package var openLeads: Int
        /// After the turn: what the next one starts from.
        package var balance: Int

        package init(member: Int, reason: Reason, openLeads: Int, balance: Int) {
            self.member = member
            self.reason = reason
            self.openLeads = openLeads
            self.balance = balance
        }

        private enum CodingKeys: String, CodingKey {
            case member, reason, balance
            case openLeads = "open_leads"
        }
    }

    /// A lead given, or nobody there to take it, and why for each candidate.
    package struct Turn: Sendable, Hashable {
        package var winner: Int?
        /// By member id.
        package var standings: [Standing]
    }

    package private(set) var candidates: [Candidate]

    package init(_ candidates: [Candidate]) {
        self.candidates = candidates.sorted { $0.member < $1.member }
    }

    /// Gives out one lead.
    package mutating func next() -> Turn {
        let hindrances = candidates.map(\.hindrance)
        let available = candidates.indices.filter { hindrances[$0] == nil }
        let before = candidates
        shareOut(among: available)
        let winner = turn(among: available)
        if let winner {
            candidates[winner].balance -= Self.lead
            candidates[winner].openLeads += 1
        }
        let standings = candidates.indices.map { index in
            Standing(
                member: candidates[index].member,
                reason: hindrances[index] ?? (index == winner ? .nextInRotation : .laterInRotation),
                openLeads: before[index].openLeads, balance: candidates[index].balance)
        }
        return Turn(winner: winner.map { candidates[$0].member }, standings: standings)
    }

    /// Adds one lead to the balances, by weight; the parts sum to the whole exactly.
    private mutating func shareOut(among available: [Int]) {
        let total = available.reduce(0) { $0 + candidates[$1].weight }
        var weightSoFar = 0
        for index in available {
            let from = Self.lead * weightSoFar / total
            weightSoFar += candidates[index].weight
            candidates[index].balance += Self.lead * weightSoFar / total - from
        }
    }

    private func turn(among available: [Int]) -> Int? {
        let owed = available.filter { candidates[$0].balance > 0 }
        // All are ahead of their share only when those who lag behind it are away.
        return (owed.isEmpty ? available : owed).min { left, right in
            let (left, right) = (candidates[left], candidates[right])
            // (lead - balance) / weight is how many more leads until a whole one is owed.
            let (mine, theirs) = ((Self.lead - left.balance) * right.weight, (Self.lead - right.balance) * left.weight)
            return mine < theirs
        }
    }
}
