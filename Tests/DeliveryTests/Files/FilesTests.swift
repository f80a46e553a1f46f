import Foundation
import Glibc
import Testing

@testable import Delivery

struct FilesTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func `hashes are those of the standard's examples`(text: String, hash: String) {
        #expect(SHA256.hex(Array(text.utf8)) == hash)
    }

    @Test func `a spreadsheet reads the words and runs none of them`() {
        var csv = CSV(header: ["customer", "open", "note"])
        csv.add([.text("=HYPERLINK(\"x\")"), .value("-12.50"), .text("Müller, Söhne")])
        csv.add([.text("@SUM(A1)"), .value("2026-11-23"), .text("\t=1+1")])
        csv.add([.text("  -1"), .value(""), .text("上海\n云杉")])
        csv.add([.text("A;=1+1;b; +2"), .value(""), .text("B\r\n=1;x")])
        let expected = """
            \u{FEFF}customer,open,note\r
            "'=HYPERLINK(""x"")",-12.50,"Müller, Söhne"\r
            '@SUM(A1),2026-11-23,"'\t'=1+1"\r
            '  -1,,上海 云杉\r
            "A;'=1+1;b;' +2",,"B =1;x"\r\n
            """
        #expect(String(decoding: csv.bytes, as: UTF8.self) == expected)
        for words in ["=R1", "a;=b", "it's", "'a", "a;=b;-c", "\t@x", "plain;words"] {
            var csv = CSV(header: [])
            _ = csv.takeBytes()
            csv.add([.text(words)])
            let field = String(decoding: csv.takeBytes(), as: UTF8.self).replacing("\r\n", with: "")
            #expect(CSV.words(of: field.replacing("\"", with: "")) == words, "\(words)")
        }
    }

    @Test func `a package appears whole, with hashes that fit, and stays as it was`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-drop-\(UUID().uuidString)")
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let drop = DropFolder(folder)
        let register = DropFolder.File(
            name: "register.csv", sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let first = try drop.put("run-7", [register]) { _, write in try write(Array("abc".utf8)) }
        #expect(try drop.put("run-7", [register]) { _, _ in } == first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run-7"])
        let manifest = try String(contentsOf: first.appending(path: "manifest.sha256"), encoding: .utf8)
        #expect(manifest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  register.csv\n")
        #expect(try String(contentsOf: first.appending(path: "register.csv"), encoding: .utf8) == "abc")

        let letter = DropFolder.File(name: "letter.pdf", sha256: SHA256.hex([]))
        let second = try drop.put("run-7", [register, letter]) { place, write in
            if place == 0 { for byte in "abc".utf8 { try write([byte]) } }
        }
        #expect(second.lastPathComponent == "run-7-2")
        #expect(throws: DropFolderError.self) {
            try drop.put("run-8", [register]) { _, write in try write(Array("abd".utf8)) }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "run-8").path))
    }

    @Test(arguments: ["", ".", "../run", "/run", "a/", "a//b", "a/../../b", "a/.b", "a\0"])
    func `a package and its files cannot be put anywhere else`(name: String) {
        let drop = DropFolder(FileManager.default.temporaryDirectory)
        #expect(throws: DropFolderError.self) { try drop.put(name, []) { _, _ in } }
        #expect(throws: DropFolderError.self) { try drop.put("a/b", []) { _, _ in } }
        #expect(throws: DropFolderError.self) { try drop.put("run", [.init(name: name, sha256: "")]) { _, _ in } }
    }

    @Test func `a package has folders, what failed leaves nothing, and what died is swept`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-drop-\(UUID().uuidString)")
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let drop = DropFolder(folder)
        let files = ["legal/C-1/a.csv", "legal/C-1/letters/b.pdf", "r.csv"].map {
            DropFolder.File(name: $0, sha256: SHA256.hex(Array($0.utf8)))
        }
        func list() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
        struct NoRoom: Error {}
        #expect(throws: NoRoom.self) { try drop.put("run-1", files) { _, _ in throw NoRoom() } }
        #expect(try list().isEmpty)
        // A writer died in one, and another writes in the other.
        let (left, used) = (folder.appending(path: ".run-1.dead"), folder.appending(path: ".run-1.alive"))
        for place in [left, used] {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        }
        let lock = open(used.path, O_RDONLY | O_DIRECTORY)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        let place = try drop.put("run-1", files) { place, write in try write(Array(files[place].name.utf8)) }
        #expect(try list() == [".run-1.alive", "run-1"])
        for file in files {
            #expect(try String(contentsOf: place.appending(path: file.name), encoding: .utf8) == file.name)
        }
    }

    @Test func `a folder that cannot be written is an error with its path`() {
        let error = #expect(throws: DropFolderError.self) {
            try DropFolder(URL(filePath: "/proc/nowhere")).put("run", []) { _, _ in }
        }
        #expect(error?.path.hasPrefix("/proc/nowhere") == true)
    }
}
