import Postgres
import Store

/// The files that runs keep, in pieces: a register of a million lines is never whole in this program's memory.
enum KeptFile {
    /// In bytes.
    static let piece = 4 << 20

    /// Hands over the bytes of a kept file, in order.
    static func read(_ id: Int, in db: isolated Connection, _ body: ([UInt8]) throws -> Void) throws {
        var reader = Reader(id)
        while let piece = try reader.next(in: db) { try body(piece) }
    }

    struct Reader {
        private let id: Int
        /// Of the bytes that come next; nil when there are no more.
        private var first: Int? = 1

        init(_ id: Int) {
            self.id = id
        }

        mutating func next(in db: isolated Connection) throws -> [UInt8]? {
            guard let first else { return nil }
            let bytes = try db.one(LettersSQL.Piece(artefact: id, first: first, count: KeptFile.piece)).content
            self.first = bytes.count < KeptFile.piece ? nil : first + bytes.count
            return bytes
        }
    }

    /// Keeps a file of what `make` writes.
    ///
    /// - Returns: its id, or that of the one that the run has of this name, which stays.
    @discardableResult
    static func keep(
        _ name: String, _ mediaType: String, of run: Int, team: Int, in db: isolated Connection,
        _ make: (_ write: ([UInt8]) throws -> Void) throws -> Void
    ) throws -> Int {
        try db.execute(LettersSQL.CreatePieces())
        try db.execute(LettersSQL.EmptyPieces())
        var place = 0
        try make { bytes in
            try db.copy([LettersSQL.CopyPiece(place: place, content: bytes)])
            place += 1
        }
        return try db.one(LettersSQL.KeepPieces(team: team, run: run, name: name, mediaType: mediaType)).id
    }
}
