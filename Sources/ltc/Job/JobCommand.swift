import ArgumentParser
import Foundation
import Jobs

struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "The work that waits, runs, failed or is done.",
        subcommands: [JobList.self, JobShow.self, JobRetry.self, JobRedrive.self, JobCancel.self])
}

/// A job as documents show it.
struct JobBody: Encodable {
    let id: Int
    let state: String
    let kind: String
    let queue: String
    let team: Int?
    let uniqueKey: String?
    let key: String?
    let priority: Int
    let attempt: Int
    let maximumAttempts: Int
    let dueAt: Date
    let occurrence: Date?
    let createdAt: Date
    let startedAt: Date?
    let finishedAt: Date?
    let reason: String?
    let version: Int
    let arguments: JSONValue
    let progress: JobProgress?
    let errors: [JobFailure]

    init(_ entry: JobStore.Entry) throws {
        id = entry.id
        state = entry.state
        kind = entry.kind
        queue = entry.queue
        team = entry.team
        uniqueKey = entry.uniqueKey
        key = entry.key
        version = entry.version
        progress = try entry.progress.map { try JSONDecoder().decode(JobProgress.self, from: Data($0.utf8)) }
        priority = entry.priority
        attempt = entry.attempt
        maximumAttempts = entry.maximumAttempts
        dueAt = entry.dueAt
        occurrence = entry.occurrence
        createdAt = entry.createdAt
        startedAt = entry.startedAt
        finishedAt = entry.finishedAt
        reason = entry.reason
        arguments = try JSONDecoder().decode(JSONValue.self, from: Data(entry.arguments.utf8))
        errors = try entry.errors.map { try JSONDecoder().decode([JobFailure].self, from: Data($0.utf8)) } ?? []
    }
}

/// How far a running job says that it has come.
struct JobProgress: Codable {
    let done: Int
    let of: Int?
    let note: String?
    /// RFC 3339, as the database wrote it.
    let at: String

    var words: String {
        "\(done)" + (of.map { " of \($0)" } ?? "") + (note.map { " \($0)" } ?? "") + ", at \(at)"
    }
}

/// One failed attempt.
struct JobFailure: Codable {
    /// RFC 3339, as the database wrote it.
    let at: String
    let attempt: Int
    let error: String
}
