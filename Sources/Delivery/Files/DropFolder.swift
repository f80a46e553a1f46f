package import Foundation
import Glibc

/// A folder in which other people's programs and eyes find packages of files.
///
/// A package is written beside, made durable, and renamed into place: a reader sees all of it or nothing.
package struct DropFolder: Sendable {
    private let folder: URL

    package init(_ folder: URL) { self.folder = folder }

    package struct File: Sendable {
        package let name: String
        package let bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// Puts a package in place, with a `manifest.sha256` that `sha256sum --check` understands.
    ///
    /// One that is there under this name stays as it is: the same package, put down by a try that died afterwards.
    /// - Returns: the package's folder.
    /// - Throws: `DropFolderError`, with the path and what the system said.
    @discardableResult
    package func put(_ package: String, _ files: [File]) throws(DropFolderError) -> URL {
        for name in [package] + files.map(\.name) where !Self.isPlainName(name) {
            throw DropFolderError(path: name, problem: "is no plain file name")
        }
        let place = folder.appending(path: package)
        if FileManager.default.fileExists(atPath: place.path) { return place }
        let beside = folder.appending(path: ".\(package).\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: beside, withIntermediateDirectories: true)
        } catch {
            throw DropFolderError(path: beside.path, problem: error.localizedDescription)
        }
        let sums = files.map { "\(SHA256.hex($0.bytes))  \($0.name)\n" }.joined()
        for file in files + [File(name: "manifest.sha256", bytes: Array(sums.utf8))] {
            try Self.write(file.bytes, to: beside.appending(path: file.name).path)
        }
        try Self.synchronize(beside.path)
        guard rename(beside.path, place.path) == 0 else {
            throw DropFolderError(path: place.path)
        }
        try Self.synchronize(folder.path)
        return place
    }

    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(DropFolderError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw DropFolderError(path: path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno != EINTR { throw DropFolderError(path: path) }
            rest = rest.dropFirst(max(0, written))
        }
        guard fsync(descriptor) == 0 else { throw DropFolderError(path: path) }
    }

    /// A folder's entries are durable only once the folder is.
    private static func synchronize(_ path: String) throws(DropFolderError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DropFolderError(path: path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DropFolderError(path: path) }
    }
}

package struct DropFolderError: Error, Sendable, Hashable, CustomStringConvertible {
    package let path: String
    package let problem: String

    init(path: String, problem: String) {
        (self.path, self.problem) = (path, problem)
    }

    /// What the last system call said.
    init(path: String) {
        self.init(path: path, problem: String(cString: strerror(errno)))
    }

    package var description: String { "\(path): \(problem)" }
}
