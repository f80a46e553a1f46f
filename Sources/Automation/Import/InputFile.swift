import Domain
import Glibc

/// A file that is read from the beginning, piece by piece.
final class InputFile {
    static let chunk = 1 << 18

    private let path: String
    private let descriptor: Int32
    let size: Int
    private(set) var position = 0

    /// - Throws: `Problem` when there is no such file, it may not be read, or it is a directory or a pipe: a file is read
    ///   more than once.
    init(_ path: String) throws(Problem) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(path, String(cString: strerror(errno))) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Self.unreadable(path, status.st_mode & S_IFMT == S_IFDIR ? "it is a directory" : "it is not a file")
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    func rewind() {
        lseek(descriptor, 0, SEEK_SET)
        position = 0
    }

    /// Appends the next piece; false at the end.
    func read(into buffer: inout [UInt8]) throws(Problem) -> Bool {
        var failure: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: Self.chunk) { pointer, count in
            let got = Glibc.read(descriptor, pointer.baseAddress, Self.chunk)
            if got < 0 { failure = errno }
            count = max(0, got)
        }
        guard failure == 0 else { throw Self.unreadable(path, String(cString: strerror(failure))) }
        position += piece.count
        buffer += piece
        return !piece.isEmpty
    }

    private static func unreadable(_ path: String, _ why: String) -> Problem {
        Problem(.inputRefused, "unreadable_file", "cannot be read: \(why)", place: path)
    }
}
