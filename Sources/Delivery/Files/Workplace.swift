import Foundation
import Glibc

/// A hidden folder in which a package is written before it is renamed into place.
///
/// Who writes in it has it locked. What a writer that died has left is not, and the next one removes it.
struct Workplace: ~Copyable {
    let url: URL
    private let lock: Int32

    /// - Throws: `DropFolderError`, with the path and what the system said.
    static func make(beside package: String, in folder: URL) throws(DropFolderError) -> Workplace {
        try DropFolder.create(folder)
        let prefix = ".\(package)."
        for left in try entries(of: folder) where left.hasPrefix(prefix) {
            let old = folder.appending(path: left)
            let lock = lock(old)
            guard lock >= 0 else { continue }
            remove(old)
            close(lock)
        }
        let url = folder.appending(path: prefix + UUID().uuidString)
        try DropFolder.create(url)
        let lock = lock(url)
        guard lock >= 0 else { throw DropFolderError(path: url.path) }
        return Workplace(url: url, lock: lock)
    }

    private init(url: URL, lock: Int32) { (self.url, self.lock) = (url, lock) }

    deinit {
        // Renamed into place, it is not there any more.
        Self.remove(url)
        close(lock)
    }

    /// What cannot be removed now is tried again by the next writer.
    private static func remove(_ url: URL) { try? FileManager.default.removeItem(at: url) }

    /// - Returns: a descriptor, or -1.
    private static func lock(_ url: URL) -> Int32 {
        let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return descriptor }
        close(descriptor)
        return -1
    }

    private static func entries(of folder: URL) throws(DropFolderError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw DropFolderError(path: folder.path, problem: error.localizedDescription)
        }
    }
}
