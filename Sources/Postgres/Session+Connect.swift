import CLibPQ
import Glibc

extension Session {
    /// Makes a connection. libpq goes on to the next host when one refuses; a host that takes the call and stays
    /// silent is left out after `timeout`, and the others are tried.
    /// - Throws: `.unreachable` with libpq's words; `.timeout` or `.cancelled` when `limits` ended it.
    mutating func connect(
        _ keywords: [(String, String)], timeout: Duration, _ limits: Limits, notices: NoticeSink
    ) throws {
        close()
        var keywords = keywords
        while try !establish(keywords, limits.atMost(timeout)) {
            let silent = string(PQhost(handle))
            let others = otherHosts
            close()
            try limits.check()
            if others.isEmpty { throw DatabaseError(.unreachable, "the server \(silent) does not answer") }
            keywords += others
        }
        PQsetnonblocking(handle, 1)
        notices.attach(to: handle)
    }

    /// - Returns: false when the deadline passed; the attempt is still there to be looked at.
    private mutating func establish(_ keywords: [(String, String)], _ limits: Limits) throws -> Bool {
        let names = keywords.map { strdup($0.0) }
        let values = keywords.map { strdup($0.1) }
        defer { for string in names + values { free(string) } }
        handle = PQconnectStartParams(
            names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        var state = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            if state == PGRES_POLLING_FAILED {
                let message = errorMessage
                close()
                throw DatabaseError(.unreachable, message)
            }
            switch wait(for: PQsocket(handle), events: state == PGRES_POLLING_READING ? POLLIN : POLLOUT, limits) {
            case .ready: state = PQconnectPoll(handle)
            case .expired: return false
            case .interrupted:
                close()
                throw DatabaseError(.cancelled, "cancelled while connecting")
            }
        }
        return true
    }

    /// The hosts of this attempt without the one that it has come to; empty when there is no other.
    private var otherHosts: [(String, String)] {
        guard let options = PQconninfo(handle) else { return [] }
        defer { PQconninfoFree(options) }
        var lists: [String: [String]] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, ["host", "hostaddr", "port"].contains(String(cString: keyword)) {
                lists[string(keyword)] = string(value).split(separator: ",", omittingEmptySubsequences: false).map(
                    String.init)
            }
            option += 1
        }
        let hosts = lists["host"] ?? lists["hostaddr"] ?? []
        let ports = lists["port"] ?? []
        let (host, port) = (string(PQhost(handle)), string(PQport(handle)))
        let others = hosts.indices.filter { hosts[$0] != host || (ports.count == hosts.count && ports[$0] != port) }
        guard !others.isEmpty else { return [] }
        return lists.map { keyword, values in
            (keyword, values.count == hosts.count ? others.map { values[$0] }.joined(separator: ",") : values[0])
        }
    }

    private func string(_ chars: UnsafePointer<CChar>?) -> String { chars.map { String(cString: $0) } ?? "" }
}
