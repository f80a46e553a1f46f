/// The jobs for which a pause, a limit or a window holds.
public enum JobScope: Sendable, Hashable {
    case all
    case queue(String)
    case kind(String)
    /// Its number; 0 for jobs of no team.
    case team(Int)

    /// As the tables write it.
    var stored: (scope: String, name: String) {
        switch self {
        case .all: ("all", "")
        case .queue(let name): ("queue", name)
        case .kind(let name): ("kind", name)
        case .team(let id): ("team", "\(id)")
        }
    }

    /// Nil for what this version does not know.
    init?(scope: String, name: String) {
        switch scope {
        case "all": self = .all
        case "queue": self = .queue(name)
        case "kind": self = .kind(name)
        case "team":
            guard let id = Int(name) else { return nil }
            self = .team(id)
        default: return nil
        }
    }
}
