import Automation
import Domain
import Foundation
import Jobs
import Postgres
import Store

/// What the doctor looks at, each look a finding or several.
enum Checkup {
    static func server(programClock: Date, in db: isolated Connection) throws -> [Finding] {
        let server = try db.one(DoctorSQL.Server())
        let (major, drift) = (server.version / 10_000, server.clock.timeIntervalSince(programClock))
        let missing = try db.run(DoctorSQL.MissingRoles()).map(\.role)
        return [
            (15...18).contains(major)
                ? .fine("server_version", "PostgreSQL \(major)")
                : .wrong(
                    "server_version", "PostgreSQL \(major) is not one of 15 to 18",
                    advice: "move the database to a supported server: pg_upgrade or pg_dump"),
            server.encoding == "UTF8"
                ? .fine("encoding", "the database is in UTF-8")
                : .wrong(
                    "encoding", "the database is in \(server.encoding)",
                    advice: "make it anew: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'"),
            abs(drift) < 2
                ? .fine("clock", "the clocks of server and program agree")
                : .wrong(
                    "clock", "the server's clock differs from this machine's by \(Int(drift.rounded())) s",
                    advice: "synchronise both (chrony, systemd-timesyncd); schedules follow the server's"),
            server.isStandby
                ? .wrong(
                    "primary", "this server is a standby, which takes no writes",
                    advice: "name all servers and target_session_attrs=read-write in the connection string")
                : .fine("primary", "the server is the primary"),
            db.takesAnyOfSeveral
                ? .wrong(
                    "hosts", "of several servers the connection string takes any, a standby too",
                    advice: "add target_session_attrs=read-write to it, in ltcd's settings as well")
                : .fine("hosts", "the connection string leads to a server that takes writes, or to one server only"),
            missing.isEmpty
                ? .fine("roles", "all database roles exist")
                : .wrong(
                    "roles", "missing roles: \(missing.joined(separator: ", "))",
                    advice: "ltc migrate --bootstrap, as a role with CREATEROLE"),
        ]
    }

    /// ltcd knows by its settings whether it prepares statements; `ltcd --check` compares them with what it meets.
    static func pooler(_ pooling: Pooling) -> Finding {
        switch pooling {
        case .none: .fine("pooler", "no pooler stands before the server")
        case .ownServer: .fine("pooler", "a pooler stands before the server, and gives each client one of its own")
        case .shared:
            .fine(
                "pooler", "a pooler in transaction mode stands before the server, and keeps prepared statements")
        case .losesStatements:
            .fine(
                "pooler",
                "a pooler in transaction mode stands before the server: ltcd needs database.prepared_statements: false "
                    + "and, to hear of work at once, database.listen_conninfo past the pooler; ltcd --check tells")
        }
    }

    static func house(asOf: Date, in db: isolated Connection) throws -> [Finding] {
        let unprotected = try db.run(DoctorSQL.UnprotectedTables()).map(\.name)
        var findings: [Finding] = [
            unprotected.isEmpty
                ? .fine("row_security", "every table has row-level security")
                : .wrong(
                    "row_security", "without row-level security: \(unprotected.joined(separator: ", "))",
                    advice: "CALL ltc.protect('TABLE', true) as ltc_owner")
        ]
        guard let (version, _) = try ConfigurationStore.current(in: db) else {
            return findings + [
                .wrong("configuration", "the company is not described yet", advice: "ltc apply config/company.yaml")
            ]
        }
        findings.append(.fine("configuration", "configuration version \(version) is in force"))
        let directory = try DirectoryStore.load(asOf: asOf, in: db)
        return findings + (try zones(directory, asOf: asOf, in: db)) + people(directory)
            + (try deliveries(in: db)) + (try jobs(asOf: asOf, in: db))
    }

    /// One zone source: what PostgreSQL and this program say of every zone in use, over the coming year.
    private static func zones(_ directory: Directory, asOf: Date, in db: isolated Connection) throws -> [Finding] {
        let zones = Set(directory.teams.map(\.clock.zone.identifier))
            .union(try db.run(DoctorSQL.ScheduleZones()).map(\.zone)).sorted()
        let instants = (0..<53).map { asOf.addingTimeInterval(TimeInterval($0) * 7 * 86_400) }
        let different = try db.run(DoctorSQL.ZoneOffsets(zones: zones, instants: instants)).filter {
            $0.seconds != TimeZone(identifier: $0.zone)?.secondsFromGMT(for: $0.instant)
        }
        guard let first = different.first else {
            return [.fine("time_zones", "server and program agree on the time zones in use")]
        }
        let names = Set(different.map(\.zone)).sorted().joined(separator: ", ")
        return [
            .wrong(
                "time_zones", "server and program disagree on \(names), from \(first.instant.ISO8601Format())",
                advice: "bring tzdata up to date on both machines, then restart PostgreSQL and ltcd")
        ]
    }

    private static func people(_ directory: Directory) -> [Finding] {
        let seated = Set(directory.seats.map(\.member))
        let mute = directory.members.filter { seated.contains($0.id) && $0.email == nil }.map(\.code)
        let headless = directory.teams.filter { directory.manager(of: $0.id) == nil }.map(\.code)
        return [
            mute.isEmpty
                ? .fine("emails", "every member of a team can be written to")
                : .wrong(
                    "emails", "members without an e-mail address: \(mute.joined(separator: ", "))",
                    advice: "add 'email' to them in the company's file, then ltc apply"),
            headless.isEmpty
                ? .fine("managers", "every team has a manager")
                : .wrong(
                    "managers", "teams without a manager: \(headless.joined(separator: ", "))",
                    advice: "give one of their seats 'role: manager'; escalations reach nobody until then"),
        ]
    }

    private static func deliveries(in db: isolated Connection) throws -> [Finding] {
        let troubled = try db.run(DoctorSQL.TroubledMessages()).map { "\($0.messages) \($0.state)" }
        let stuck = try db.run(DoctorSQL.StuckPackages())
        let unknown = try db.run(DoctorSQL.UnknownWebhooks())
        let struggling = try db.run(DoctorSQL.StrugglingMessages())
        return [
            struggling.isEmpty
                ? .fine("tries", "no message is tried again and again")
                : .wrong(
                    "tries",
                    struggling.map { "\($0.messages) messages: \($0.reason)" + ($0.answer.map { " (\($0))" } ?? "") }
                        .joined(separator: "; "),
                    advice: "mend smtp or webhooks in ltcd's settings, or the server; they are tried again"),
            unknown.isEmpty
                ? .fine("webhooks", "no message waits for the URL of a chat")
                : .wrong(
                    "webhooks",
                    "ltcd knows no URL of "
                        + unknown.map { "\($0.webhook), for which \($0.messages) messages are held" }
                        .joined(separator: "; "),
                    advice: "add it to the file that webhooks.urls_file names, restart ltcd, then ltc message retry ID"),
            stuck.isEmpty
                ? .fine("packages", "no package waits to be written")
                : .wrong(
                    "packages",
                    "packages of runs \(stuck.map(\.run).joined(separator: ", ")) cannot be written: \(stuck[0].error)",
                    advice: "mend the folder that `outputs` names in ltcd's settings, or make room; it is tried again"),
            try OutboundSwitch.isOn(in: db)
                ? .fine("outbound", "sending is not paused")
                : .wrong("outbound", "all sending is paused", advice: "ltc resume outbound, when it may go on"),
            troubled.isEmpty
                ? .fine("messages", "no message waits for a person")
                : .wrong(
                    "messages", "messages that wait for a person: \(troubled.joined(separator: ", "))",
                    advice: "ltc message list --state held (or uncertain, failed, bounced)"),
        ]
    }

    private static func jobs(asOf: Date, in db: isolated Connection) throws -> [Finding] {
        let counts = try JobStore.counts(in: db)
        let dead = counts.filter { $0.state == "dead" }.map(\.jobs).reduce(0, +)
        let late = counts.filter { $0.state == "ready" && $0.oldestSeconds > 600 }.map(\.jobs).reduce(0, +)
        let workers = try JobStore.workers(in: db).filter { $0.seenAt.timeIntervalSince(asOf) > -120 }
        return [
            dead == 0
                ? .fine("dead_jobs", "no job is dead")
                : .wrong(
                    "dead_jobs", "\(dead) jobs are dead", advice: "ltc job list --state dead, then ltc job retry ID"),
            late == 0 || !workers.isEmpty
                ? .fine(
                    "daemon", workers.isEmpty ? "no daemon runs, and nothing waits" : "\(workers.count) daemons run")
                : .wrong(
                    "daemon", "\(late) jobs wait for more than ten minutes and no daemon runs",
                    advice: "systemctl start ltcd; journalctl -u ltcd says why it stopped"),
        ]
    }
}
