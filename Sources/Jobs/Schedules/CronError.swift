/// Why a text is no cron expression.
public enum CronError: Error, Sendable, Hashable, CustomStringConvertible {
    case fieldCount(Int)
    /// The field's name, what stands there, and what may.
    case field(String, String, String)
    case unknownAlias(String)
    case neverFires(String)

    public var description: String {
        switch self {
        case .fieldCount(let count):
            "a cron expression has five fields (minute, hour, day of month, month, day of week), not \(count)"
        case .field(let name, let text, let allowed): "\(name) '\(text)': expected \(allowed)"
        case .unknownAlias(let text):
            "'\(text)' is none of \(CronExpression.aliases.keys.sorted().joined(separator: ", "))"
        case .neverFires(let text): "'\(text)' never fires: there is no such day"
        }
    }
}
