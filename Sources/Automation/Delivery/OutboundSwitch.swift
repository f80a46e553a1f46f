package import Postgres
import Store

/// Stops all sending at once, whatever the daemons' settings say.
package enum OutboundSwitch {
    static let name = "outbound"

    package static func pause(in db: isolated Connection) throws {
        try db.execute(MessagesSQL.SetSwitch(name: name, isOn: false))
    }

    /// What waited meanwhile gets its jobs back.
    package static func resume(in db: isolated Connection) throws {
        try db.execute(MessagesSQL.SetSwitch(name: name, isOn: true))
        try Outbox.enqueueWaiting(in: db)
    }

    package static func isOn(in db: isolated Connection) throws -> Bool {
        try db.one(MessagesSQL.Switch(name: name)).isOn
    }
}
