import ArgumentParser
import Foundation
import Jobs
import Postgres

struct QueueWorkers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers", abstract: "The engines that live, when each was last seen, and what it works.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    private struct Worker: Encodable {
        let worker: Int
        let name: String
        let startedAt: Date
        let seenAt: Date
        let running: Int
        let kinds: [String]
    }

    private struct Body: Encodable {
        let workers: [Worker]
    }

    func run() async throws {
        let workers = try await database.ask { try JobStore.workers(in: $0) }.map {
            Worker(
                worker: $0.id, name: $0.name, startedAt: $0.startedAt, seenAt: $0.seenAt, running: $0.running,
                kinds: $0.kinds)
        }
        var table = Table(
            ("worker", .right), ("name", .left), ("started", .left), ("last seen", .left), ("running", .right),
            ("kinds", .left))
        for worker in workers {
            table.add(
                "\(worker.worker)", worker.name, worker.startedAt.ISO8601Format(), worker.seenAt.ISO8601Format(),
                "\(worker.running)", worker.kinds.joined(separator: ", "))
        }
        try Answer("queue.workers", Body(workers: workers), table: table) {
            workers.isEmpty ? "no engine lives" : table.description
        }
        .print(as: format)
    }
}
