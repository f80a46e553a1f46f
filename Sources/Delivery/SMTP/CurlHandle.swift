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
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        for recipient in recipients {
            guard let longer = curl_slist_append(list, recipient) else { throw CurlError(code: CURLE_OUT_OF_MEMORY) }
            list = longer
        }
        try check(ltc_curl_set_list(handle, CURLOPT_MAIL_RCPT, list))
        try set(CURLOPT_UPLOAD, 1)
        // A server that states its limit can say no before the body.
        try check(ltc_curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(upload.size)))
        let context = Unmanaged.passUnretained(upload).toOpaque()
        try check(ltc_curl_set_pointer(handle, CURLOPT_READDATA, context))
        try check(ltc_curl_set_pointer(handle, CURLOPT_HEADERDATA, context))
        try check(ltc_curl_set_callback(handle, CURLOPT_READFUNCTION, readChunk))
        try check(ltc_curl_set_callback(handle, CURLOPT_HEADERFUNCTION, noteReply))
        let code = withExtendedLifetime(upload) { curl_easy_perform(handle) }
        return code == CURLE_OK ? nil : CurlError(code: code)
    }

    private func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw CurlError(code: code) }
    }
}

/// The body on its way out, and what the server said meanwhile.
final class Upload {
    private let bytes: [UInt8]
    private var offset = 0
    private(set) var replies: [SMTPReply] = []

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
        if let reply = SMTPReply(line: line), reply.code != 221 { replies.append(reply) }
    }
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

/// What libcurl says went wrong.
struct CurlError: Error, CustomStringConvertible {
    let code: CURLcode

    var description: String { "\(String(cString: curl_easy_strerror(code))) (curl \(code.rawValue))" }
}
