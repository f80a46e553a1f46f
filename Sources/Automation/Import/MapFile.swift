package import Domain
import Foundation
import Yams

/// A map as people write it, in YAML.
package enum MapFile {
    /// - Throws: `Problem` with line and column, or the key, of what is wrong.
    package static func read(_ path: String) throws(Problem) -> ImportMap {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Problem(
                .inputRefused, "unreadable_file", "cannot be read: \(error.localizedDescription)", place: path)
        }
        let map: ImportMap
        do {
            map = try YAMLDecoder().decode(ImportMap.self, from: text)
        } catch {
            throw problem(error, path)
        }
        if let zone = map.zone, TimeZone(identifier: zone) == nil {
            throw Problem(
                .inputRefused, "invalid_map", "'\(zone)' is no IANA zone such as Asia/Shanghai", place: "\(path): zone")
        }
        return map
    }

    private static func problem(_ error: any Error, _ path: String) -> Problem {
        // The decoder wraps what the parser says.
        if case DecodingError.dataCorrupted(let context) = error, let underlying = context.underlyingError as? YamlError
        {
            return problem(underlying, path)
        }
        return switch error {
        case YamlError.scanner(_, let what, let mark, _), YamlError.parser(_, let what, let mark, _),
            YamlError.composer(_, let what, let mark, _):
            Problem(
                .inputRefused, "invalid_yaml", "this is no YAML: \(what)", place: "\(path):\(mark.line):\(mark.column)",
                advice: "check indentation and quotes")
        case DecodingError.keyNotFound(let key, let context):
            invalid("'\(key.stringValue)' is missing", context, path)
        case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            invalid(context.debugDescription, context, path)
        default:
            Problem(.inputRefused, "invalid_yaml", "\(error)", place: path)
        }
    }

    private static func invalid(_ what: String, _ context: DecodingError.Context, _ path: String) -> Problem {
        let keys = context.codingPath.map { $0.intValue.map { "\($0 + 1)." } ?? $0.stringValue }.joined(
            separator: " → ")
        return Problem(
            .inputRefused, "invalid_map", what, place: keys.isEmpty ? path : "\(path): \(keys)",
            advice: "see the maps in config/imports for what a map may say")
    }
}
