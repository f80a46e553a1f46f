package import Foundation
import Glibc

/// A folder in which other people's programs and eyes find packages of files.
///
/// A package is written beside, made durable, and renamed into place: a reader sees all of it or nothing.
package struct DropFolder: Sendable {
    private let folder: URL

    package init(_ folder: URL) { self.folder = folder }

    /// - Throws: `DropFolderError` for what is no folder, or cannot be written.
    package static func check(_ folder: URL) throws(DropFolderError) {
        var status = stat()
        guard stat(folder.path, &status) == 0 else { throw DropFolderError(path: folder.path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw DropFolderError(path: folder.path, problem: "is no folder")
        }
        guard access(folder.path, W_OK | X_OK) == 0 else { throw DropFolderError(path: folder.path) }
    }

    /// A file of a package, by its name and the hash that its content is known to have.
    package struct File: Sendable {
        /// With the folders of the package that it lies in: `legal/C-7/index.csv`.
        package let name: String
        /// 64 lower-case hexadecimal digits.
        package let sha256: String

        package init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// Puts a package in place, with a `manifest.sha256` that `sha256sum --check` understands.
    ///
    /// The same package that is there already stays as it is, put down by somebody before; another one under its name is
    /// left alone, and this one is called `NAME-2`.
    /// - Parameter content: hands the bytes of a file to `write`, as many at a time as it likes; asked for one file after
    ///   another, so that a large package takes little memory
    /// - Returns: the package's folder.
    /// - Throws: `DropFolderError`, with the path and what the system said; and what `content` throws.
    @discardableResult
    package func put(
        _ package: String, _ files: [File],
        content: (_ place: Int, _ write: ([UInt8]) throws -> Void) throws -> Void
    ) throws -> URL {
        for name in [package] + files.flatMap({ Self.components($0.name) }) where !Self.isPlainName(name) {
            throw DropFolderError(path: name, problem: "is no plain file name")
        }
        let manifest = Array(files.map { "\($0.sha256)  \($0.name)\n" }.joined().utf8)
        var (place, copies) = (folder.appending(path: package), 1)
        while FileManager.default.fileExists(atPath: place.path) {
            let kept = FileManager.default.contents(atPath: place.appending(path: Self.manifestName).path)
            if kept.map(Array.init) == manifest { return place }
            copies += 1
            place = folder.appending(path: "\(package)-\(copies)")
        }
        let beside = try Workplace.make(beside: package, in: folder)
        for (index, file) in files.enumerated() {
            let target = beside.url.appending(path: file.name)
            try Self.create(target.deletingLastPathComponent())
            let written = try NewFile(target.path)
            try content(index, written.write)
            guard try written.synchronize() == file.sha256 else {
                throw DropFolderError(path: file.name, problem: "is not what its hash says")
            }
        }
        let list = try NewFile(beside.url.appending(path: Self.manifestName).path)
        try list.write(manifest)
        _ = try list.synchronize()
        for inner in Self.folders(files) { try Self.synchronize(beside.url.appending(path: inner).path) }
        try Self.synchronize(beside.url.path)
        guard rename(beside.url.path, place.path) == 0 else {
            throw DropFolderError(path: place.path)
        }
        try Self.synchronize(folder.path)
        return place
    }

    private static let manifestName = "manifest.sha256"

    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
    }

    private static func components(_ name: String) -> [String] {
        name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    /// The folders within a package, the inner ones first.
    private static func folders(_ files: [File]) -> [String] {
        Set(
            files.flatMap { file in
                let folders = components(file.name).dropLast()
                return folders.indices.map { folders[...$0].joined(separator: "/") }
            }
        ).sorted(by: >)
    }

    static func create(_ folder: URL) throws(DropFolderError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw DropFolderError(path: folder.path, problem: error.localizedDescription)
        }
    }

    /// A folder's entries are durable only once the folder is.
    private static func synchronize(_ path: String) throws(DropFolderError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DropFolderError(path: path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DropFolderError(path: path) }
    }
}

/// A file on its way to the disk, and the hash of what was written.
private final class NewFile {
    private let path: String
    private let descriptor: Int32
    private var hash = SHA256()

    init(_ path: String) throws(DropFolderError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw DropFolderError(path: path) }
    }

    deinit { Glibc.close(descriptor) }

    func write(_ bytes: [UInt8]) throws(DropFolderError) {
        hash.add(bytes)
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno != EINTR { throw DropFolderError(path: path) }
            rest = rest.dropFirst(max(0, written))
        }
    }

    /// Makes it durable.
    func synchronize() throws(DropFolderError) -> String {
        guard fsync(descriptor) == 0 else { throw DropFolderError(path: path) }
        return hash.hex
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
