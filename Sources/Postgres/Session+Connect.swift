import CLibPQ
import Glibc

extension Session {
    /// Makes a connection. libpq goes on to the next host when one refuses; a host that takes the call and stays silent
    /// is left out after `timeout`, an old primary at once, and the others are tried.
    /// - Returns: the servers that were left, each with its reason.
    /// - Throws: `.unreachable` with libpq's words and ours; `.timeout` or `.cancelled` when `limits` ended it.
    mutating func connect(
        _ keywords: [(String, String)], timeout: Duration, _ limits: Limits, notices: NoticeSink
    ) throws -> [String] {
        close()
        var keywords = keywords
        var refusals: [String] = []
        while true {
            let answers: Bool
            do {
                answers = try establish(keywords, limits.atMost(timeout))
            } catch var error as DatabaseError where error.kind == .unreachable {
                error.message = (refusals + [error.message]).joined(separator: "\n")
                throw error
            }
            let (host, others) = ("the server \(string(PQhost(handle))) port \(string(PQport(handle)))", otherHosts)
            PQsetnonblocking(handle, 1)
            notices.attach(to: handle)
            let refusal = answers ? objection(limits.atMost(timeout)) : "does not answer"
            guard let refusal else { return refusals }
            close()
            try limits.check()
            refusals.append("\(host) \(refusal)")
            if others.isEmpty { throw DatabaseError(.unreachable, refusals.joined(separator: "\n")) }
            keywords += others
        }
    }

    /// - Returns: why this server must be left; nil when it is right. One that refuses to tell its timeline, as some that
    ///   are managed by others do, is believed.
    private mutating func objection(_ limits: Limits) -> String? {
        var limits = limits
        limits.isProbe = true
        do {
            try send(limits) { PQsendQueryParams($0, Timelines.question, 0, nil, nil, nil, nil, 0) }
            let answer = try answer(limits)
            guard let cluster = answer.integer(at: 0), let timeline = answer.integer(at: 1) else { return nil }
            return Timelines.objection(toCluster: cluster, on: timeline)
        } catch let error as DatabaseError {
            if case .server = error.kind { return nil }
            return "cannot be used: \(error.message)"
        } catch {
            return "cannot be used: \(error)"
        }
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
        let lists = options.filter { ["host", "hostaddr", "port"].contains($0.key) }.mapValues {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
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

    /// What libpq was told, by keyword, from wherever it has it.
    var options: [String: String] {
        guard let all = PQconninfo(handle) else { return [:] }
        defer { PQconninfoFree(all) }
        var options: [String: String] = [:]
        var option = all
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { options[string(keyword)] = string(value) }
            option += 1
        }
        return options
    }

    private func string(_ chars: UnsafePointer<CChar>?) -> String { chars.map { String(cString: $0) } ?? "" }
}
