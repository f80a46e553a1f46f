import Automation
import Delivery
import Domain
import Foundation
import Jobs
import Logging
import Postgres
import ServiceLifecycle
import Store
import UnixSignals

/// The parts of the daemon and how they hang together.
struct Daemon {
    let settings: Settings
    let environment: [String: String]
    /// Business time, when it stands still.
    let asOf: AsOf?
    let exposition: Exposition
    let logger: Logger

    /// Works until SIGTERM or SIGINT, or until there is nothing left to do.
    func run(untilIdle: Bool) async throws {
        takeDatabasePassword()
        let pool = Pool(settings.database, limit: settings.poolLimit, logger: logger)
        let readiness = Readiness(pool: pool)
        let manager = ServiceManager(environment: environment, logger: logger)
        let work = Work(settings: settings, asOf: asOf, pool: pool, logger: logger)
        let engine = EngineService(
            engine: work.engine, settings: settings, readiness: readiness, manager: manager, logger: logger,
            work: untilIdle ? work.untilIdle : work.always)

        // Shut down in reverse: the watchdog and the health page outlive the engine.
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let watchdog = manager.flatMap({ Watchdog(manager: $0, environment: environment) }) {
            services.append(.init(service: watchdog))
        }
        if !untilIdle {
            let http = HTTPService(
                port: settings.httpPort, readiness: readiness, exposition: exposition, logger: logger)
            services.append(.init(service: http))
        }
        if !untilIdle {
            services += work.inbox.map { .init(service: InboxService(folder: $0, logger: logger)) }
        }
        services.append(.init(service: engine, successTerminationBehavior: .gracefullyShutdownGroup))
        var quiet = logger
        quiet.logLevel = .warning
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = settings.drainDeadline + .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
        await pool.close()
        logger.info("ltcd ended")
    }

    /// Says what an operator wants to know before the first start.
    func check() async throws {
        takeDatabasePassword()
        let pooling = try await settings.checkPooler(logger: logger)
        let pool = Pool(settings.database, limit: 1, logger: logger)
        let state = try await Readiness(pool: pool).schemaState(within: .seconds(15))
        if let problem = state.problem {
            await pool.close()
            throw problem
        }
        let named = try await pool.transaction(.init(readOnly: true)) { db in try db.run(DoctorSQL.NamedWebhooks()) }
        await pool.close()
        let webhooks = try checkWebhooks(named)
        let packages = try check(
            settings.outputs, named: "outputs", otherwise: "kept, written nowhere",
            without: "packages cannot be written")
        let inbox = try check(settings.inbox, named: "inbox", otherwise: "none", without: "files cannot be taken")
        let outbound =
            switch settings.outbound {
            case .hold: "held"
            case .redirect(let address): "redirected to \(address)"
            case .on: "sent"
            }
        let pooler = pooling == .none ? "" : " through a pooler"
        print(
            """
            settings: fine
            database: reachable\(pooler), schema fits
            messages: \(outbound)
            webhooks: \(webhooks)
            packages: \(packages)
            inbox: \(inbox)
            """)
    }

    /// While messages are held, a chat without its URL is told; as soon as they are sent, it is a mistake.
    private func checkWebhooks(_ named: [DoctorSQL.NamedWebhooks.Row]) throws -> String {
        let missing = named.filter { settings.webhooks[$0.webhook] == nil }.map {
            "\($0.webhook) of \($0.members.joined(separator: ", ")) has no URL"
        }
        guard !missing.isEmpty else { return named.isEmpty ? "none" : named.map(\.webhook).joined(separator: ", ") }
        let words = missing.joined(separator: "; ")
        guard settings.outbound == .on else { return words }
        throw Problem(
            .refused, "no_webhook_url", "members cannot be told in their chats: \(words)", place: "webhooks.urls_file",
            advice: "write a line 'NAME URL' into that file, or into the credential ltc.webhooks")
    }

    /// A folder that the settings name; `otherwise` where they name none.
    private func check(_ folder: String?, named key: String, otherwise: String, without: String) throws -> String {
        guard let folder else { return otherwise }
        do {
            try DropFolder.check(URL(filePath: folder))
        } catch {
            throw Problem(
                .refused, "no_\(key)", "\(without): \(error)", place: key,
                advice: "make the folder, and let the user of ltcd write in it")
        }
        return folder
    }

    /// systemd hands the database's password over as a file; libpq takes it from its own variable.
    private func takeDatabasePassword() {
        guard environment["PGPASSWORD"] == nil, let folder = environment["CREDENTIALS_DIRECTORY"] else { return }
        let file = URL(filePath: folder).appending(path: "ltc.database-password")
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        do {
            let text = try String(contentsOf: file, encoding: .utf8)
            setenv("PGPASSWORD", text.trimmingCharacters(in: .newlines), 1)
        } catch {
            logger.error("the database password cannot be read", metadata: ["error": "\(error.localizedDescription)"])
        }
    }
}
