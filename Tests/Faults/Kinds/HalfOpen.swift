import Foundation
import TestSupport

extension Fault {
    /// As when a firewall forgets its connections, or a cable is pulled: what was connected gets no answer and no end, what
    /// connects anew is served.
    static let halfOpen = Fault(
        name: "half-open", what: "a proxy swallows all that is on the wire and never hangs up",
        // The server's end of what was cut off stays too, two dozen sessions each time.
        serverSettings: ["max_connections": "800"]
    ) { stage, _ in
        let proxy = try Proxy(to: .port(stage.server.port))
        let conninfo = stage.server.conninfo(Stage.database, throughPort: Int(proxy.port))
        try await stage.hire(3, Crew.Role(conninfo: conninfo))
        var outages: [Outage] = []
        let end = ContinuousClock.now + stage.length.lasting(short: 8, long: 240)
        while ContinuousClock.now < end {
            try await Task.sleep(for: .seconds(5.5))
            proxy.stall()
            proxy.welcome()
            outages.append(Outage(start: Date(), end: Date()))
            try await Task.sleep(for: .seconds(12))
        }
        let all = outages
        return Injection(count: all.count, props: [proxy]) { evidence, outcome in
            Outage.review(all, evidence, &outcome)
            evidence.expectNoBurial(&outcome)
        }
    }
}
