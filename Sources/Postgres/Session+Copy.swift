import CLibPQ
import Glibc

extension Session {
    /// Sends a piece of a COPY and waits until it is on its way, so that memory stays flat.
    mutating func put(_ bytes: [UInt8], _ limits: Limits) throws {
        while true {
            let handle = handle
            let sent = bytes.withUnsafeBytes { buffer in
                PQputCopyData(handle, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count))
            }
            guard sent >= 0 else { throw DatabaseError(.connectionLost, "the connection broke during COPY") }
            if sent == 1 { break }
            try flush(limits)
        }
        try flush(limits)
    }

    mutating func endPut() throws {
        guard PQputCopyEnd(handle, nil) == 1 else {
            throw DatabaseError(.connectionLost, "the connection broke during COPY")
        }
    }

    /// Reads a piece of a COPY.
    /// - Returns: false at its end.
    mutating func get(_ limits: Limits, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        var buffer: UnsafeMutablePointer<CChar>?
        while true {
            let length = PQgetCopyData(handle, &buffer, 1)
            guard length == 0 else {
                guard length > 0 else { return false }  // the end, or an error that the answer tells
                defer { PQfreemem(buffer) }
                try body(UnsafeRawBufferPointer(start: buffer, count: Int(length)))
                return true
            }
            try pump(limits)
        }
    }
}
