import Foundation
import Postgres
import TestSupport
import Testing

/// `ltc doctor`, and what `ltcd` finds of the same, on the servers and poolers that it speaks of.
@Suite(.timeLimit(.minutes(10))) struct DoctorTests {
    private struct Answer: Decodable {
        struct Finding: Decodable {
            let check: String
            let isFine: Bool
            let what: String
        }
        let findings: [Finding]
    }

    private func findings(_ conninfo: String) async throws -> [String: Answer.Finding] {
        let doctor = try ChildProcess(product("ltc"), ["doctor", "--json", "--database", conninfo])
        var output = ""
        while case let more = await doctor.nextOutput(), !more.isEmpty { output += more }
        await doctor.exit()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let answer = try decoder.decode(Answer.self, from: Data(output.utf8))
        return Dictionary(uniqueKeysWithValues: answer.findings.map { ($0.check, $0) })
    }

    @Test func `a pooler in transaction mode is noticed, and a daemon that would lose its statements refuses it`()
        async throws
    {
        try await Route.$current.withValue(.pooled) {
            try await TestDatabase.with { database in
                let conninfo = database.settings.conninfo
                let pooler = try #require(try await findings(conninfo)["pooler"])
                #expect(pooler.isFine && pooler.what.contains("database.prepared_statements: false"))
                for arguments in [["--check"], []] {
                    let environment = ["LTC_DATABASE_CONNINFO": conninfo]
                    let daemon = await (try DaemonProcess("nowhere", arguments, environment: environment)).end()
                    #expect(daemon.code == 1)
                    #expect(daemon.log.contains("loses prepared statements"), "\(daemon.log)")
                    #expect(daemon.log.contains("LTC_DATABASE_PREPARED_STATEMENTS=false"))
                }
                let told = ["LTC_DATABASE_CONNINFO": conninfo, "LTC_DATABASE_PREPARED_STATEMENTS": "false"]
                let daemon = await (try DaemonProcess("nowhere", ["--check"], environment: told)).end()
                #expect(daemon.code == 0 && daemon.log.contains("through a pooler"), "\(daemon.log)")
                let deaf = told.merging(["LTC_DATABASE_LISTEN_CONNINFO": conninfo]) { $1 }
                let refused = await (try DaemonProcess("nowhere", ["--check"], environment: deaf)).end()
                #expect(refused.code == 1 && refused.log.contains("where it hears nothing"), "\(refused.log)")
            }
        }
    }

    @Test func `a server without a pooler has none`() async throws {
        try await TestDatabase.with { database in
            let found = try await findings(database.settings.conninfo)
            #expect(found["pooler"]?.what == "no pooler stands before the server")
            #expect(found["primary"]?.isFine == true && found["hosts"]?.isFine == true)
        }
    }

    @Test func `a standby is told, and a connection string that may lead to one`() async throws {
        let primary = try await PrivateServer.make()
        try await primary.createDatabase("ltc")
        let standby = try await primary.pairedStandby(isAwaited: true)
        #expect(try await findings(standby.conninfo("ltc"))["primary"]?.isFine == false)
        let several = primary.conninfo(orOf: standby, "ltc")
        let either = try await findings(several + " target_session_attrs=any")
        #expect(either["primary"]?.isFine == true && either["hosts"]?.isFine == false)
        #expect(try await findings(several)["hosts"]?.isFine == true)
        for server in [primary, standby] { try await server.remove() }
    }
}
