import ArgumentParser
import Domain
import Foundation
import Jobs
import Postgres

struct JobShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One job with its arguments and the history of its failures.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The job's number.")
    var id: Int

    func run() async throws {
        let entry = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { try JobStore.show(id, in: $0) }
        }
        guard let entry else {
            throw Problem(.refused, "unknown_job", "there is no job \(id)", advice: "ltc job list")
        }
        let job = try JobBody(entry)
        try Answer("job.show", job) { Self.words(job, arguments: entry.arguments) }.print(as: format)
    }

    private static func words(_ job: JobBody, arguments: String) -> String {
        let facts: [(String, String?)] = [
            ("state", job.state + (job.reason.map { ": \($0)" } ?? "")), ("kind", job.kind), ("queue", job.queue),
            ("arguments", arguments), ("version", job.version == 1 ? nil : "\(job.version)"),
            ("unique key", job.uniqueKey),
            ("shared key", job.key), ("progress", job.progress?.words),
            ("attempt", "\(job.attempt) of \(job.maximumAttempts)"), ("priority", "\(job.priority)"),
            ("created", job.createdAt.ISO8601Format()), ("due", job.dueAt.ISO8601Format()),
            ("occurrence", job.occurrence?.ISO8601Format()), ("started", job.startedAt?.ISO8601Format()),
            ("finished", job.finishedAt?.ISO8601Format()),
        ]
        var lines = ["job \(job.id)"]
        for case (let name, let value?) in facts {
            lines.append("  " + name + String(repeating: " ", count: 12 - name.count) + value)
        }
        lines += job.errors.map { "  failed      \($0.at), attempt \($0.attempt): \($0.error)" }
        return lines.joined(separator: "\n")
    }
}
