import CLibCurl

/// libcurl's easy handle: the options of one transfer and the connections that are kept between them.
final class CurlHandle {
    private let handle: UnsafeMutableRawPointer

    /// libcurl wants to be set up once a process, before the first handle.
    private static let globalResult = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    init() throws(CurlError) {
        guard Self.globalResult == CURLE_OK, let handle = curl_easy_init() else {
            throw CurlError(code: CURLE_FAILED_INIT)
        }
        self.handle = handle
    }

    deinit { curl_easy_cleanup(handle) }

    /// Forgets the options; connections stay open.
    func reset() { curl_easy_reset(handle) }

    func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try check(ltc_curl_set_long(handle, option, value))
    }

    func set(_ option: CURLoption, _ value: String) throws(CurlError) {
        try check(ltc_curl_set_text(handle, option, value))
    }

    /// Whether the last transfer had to connect, and so was greeted.
    var madeConnection: Bool {
        var count = 0
        return ltc_curl_get_long(handle, CURLINFO_NUM_CONNECTS, &count) == CURLE_OK && count > 0
    }

    /// Sends the mail in `upload` to all `recipients` or none.
    ///
    /// - Returns: how the transfer failed, nil when it did not.
    func upload(_ upload: Upload, recipients: [String]) throws(CurlError) -> CurlError? {
        let list = try Self.list(recipients)
        defer { curl_slist_free_all(list) }
        try check(ltc_curl_set_list(handle, CURLOPT_MAIL_RCPT, list))
        try set(CURLOPT_UPLOAD, 1)
        // A server that states its limit can say no before the body.
        try check(ltc_curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(upload.size)))
        try check(ltc_curl_set_pointer(handle, CURLOPT_HEADERDATA, Unmanaged.passUnretained(upload).toOpaque()))
        try check(ltc_curl_set_callback(handle, CURLOPT_HEADERFUNCTION, noteReply))
        return try perform(upload)
    }

    /// Posts the body in `upload` over a connection of its own; what is answered goes into `page`.
    ///
    /// - Returns: how the transfer failed, nil when it did not.
    func post(_ upload: Upload, headers: [String], into page: Page) throws(CurlError) -> CurlError? {
        let list = try Self.list(headers)
        defer { curl_slist_free_all(list) }
        try check(ltc_curl_set_list(handle, CURLOPT_HTTPHEADER, list))
        try set(CURLOPT_POST, 1)
        try check(ltc_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(upload.size)))
        // On a connection that was kept and is dead by now libcurl would send again, unasked.
        try set(CURLOPT_FRESH_CONNECT, 1)
        try set(CURLOPT_FORBID_REUSE, 1)
        try check(ltc_curl_set_pointer(handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(page).toOpaque()))
        try check(ltc_curl_set_callback(handle, CURLOPT_WRITEFUNCTION, keepChunk))
        return try withExtendedLifetime(page) { () throws(CurlError) in try perform(upload) }
    }

    /// Of the last answer over HTTP; 0 when there was none.
    var status: Int {
        var status = 0
        return ltc_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0
    }

    /// What the last answer over HTTP says in Retry-After, in seconds or as a date; nil when it says nothing.
    var retryAfter: Duration? {
        var seconds: curl_off_t = 0
        return ltc_curl_get_size(handle, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0
            ? .seconds(seconds) : nil
    }

    private func perform(_ upload: Upload) throws(CurlError) -> CurlError? {
        try check(ltc_curl_set_pointer(handle, CURLOPT_READDATA, Unmanaged.passUnretained(upload).toOpaque()))
        try check(ltc_curl_set_callback(handle, CURLOPT_READFUNCTION, readChunk))
        let code = withExtendedLifetime(upload) { curl_easy_perform(handle) }
        return code == CURLE_OK ? nil : CurlError(code: code)
    }

    /// To be freed by the caller, after the transfer.
    private static func list(_ lines: [String]) throws(CurlError) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                throw CurlError(code: CURLE_OUT_OF_MEMORY)
            }
            list = longer
        }
        return list
    }

    private func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw CurlError(code: code) }
    }
}

/// The body on its way out, and what the server said meanwhile.
final class Upload {
    private let bytes: [UInt8]
    private var offset = 0
    private(set) var replies: [ServerReply] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var size: Int { bytes.count }

    /// All bytes have been given to libcurl, and with them perhaps the dot that ends the mail.
    var isWhollySent: Bool { offset == bytes.count }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        buffer.copyBytes(from: bytes[offset..<offset + count])
        offset += count
        return count
    }

    /// The farewell is left out: libcurl says QUIT after a refusal, and the refusal is the last word on the mail.
    func note(_ line: String) {
        if let reply = ServerReply(line: line), reply.code != 221 { replies.append(reply) }
    }
}

/// The beginning of what a server answers; no chat says more than this.
final class Page {
    private(set) var bytes: [UInt8] = []

    func keep(_ more: UnsafeRawBufferPointer) { bytes += more.prefix(max(0, 65_536 - bytes.count)) }
}

private let readChunk: ltc_curl_transfer = { buffer, size, count, context in
    guard let buffer, let context else { return 0 }
    let upload = Unmanaged<Upload>.fromOpaque(context).takeUnretainedValue()
    return upload.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

private let noteReply: ltc_curl_transfer = { line, size, count, context in
    guard let line, let context else { return 0 }
    let text = UnsafeRawBufferPointer(start: line, count: size * count)
    Unmanaged<Upload>.fromOpaque(context).takeUnretainedValue().note(String(decoding: text, as: UTF8.self))
    return size * count
}

private let keepChunk: ltc_curl_transfer = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let page = Unmanaged<Page>.fromOpaque(context).takeUnretainedValue()
    page.keep(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

/// What libcurl says went wrong.
struct CurlError: Error, CustomStringConvertible {
    let code: CURLcode

    var description: String { "\(String(cString: curl_easy_strerror(code))) (curl \(code.rawValue))" }
}
