import CLibXML2

/// Reads an XML document piece by piece and hands out the elements that are wanted, in memory that does not grow with it.
///
/// What a document could do harm with is refused: a document type, and with it every entity of its own, internal or
/// external; XInclude; deep nesting; long texts. Nothing is ever loaded from elsewhere.
final class XMLStream {
    /// A statement's message nests about fifteen deep.
    static let maximumDepth = 64
    /// Bytes of one line of words, and of any other wanted text: the standard has 500 and 140 characters.
    static let maximumWords = 1 << 16
    static let maximumText = 1 << 10

    /// A wanted element that opens or closes.
    struct Token {
        var field: CamtField
        var isClosing: Bool
        /// Without the blanks around it; empty where the element opens.
        var text = ""
        /// The attribute `Ccy`; empty without one.
        var currency = ""
        /// From 1.
        var line: Int
    }

    struct Root: Hashable {
        var name: String
        var namespace: String
        var line: Int
    }

    struct Mistake: Error, Hashable {
        var line: Int
        /// A stable snake_case code.
        var code: String
        var what: String
    }

    /// The document's first element, once it is read.
    var root: Root? { scan.root }

    private let scan: XMLScan
    private let parser: xmlParserCtxtPtr
    private let read: (inout [UInt8]) throws -> Bool
    private var next = 0
    private var isAtEnd = false

    /// - Parameter read: appends the next piece of the document; false at its end.
    init(_ wanted: WantedElements, read: @escaping (inout [UInt8]) throws -> Bool) {
        let scan = XMLScan(wanted)
        let parser = ltc_xml_open(
            Unmanaged.passUnretained(scan).toOpaque(),
            { context, name, _, namespace, _, _, count, _, attributes in
                guard let context, let name else { return }
                XMLScan.at(context).open(name, namespace, attributes, Int(count))
            },
            { context, _, _, _ in
                guard let context else { return }
                XMLScan.at(context).close()
            },
            { context, bytes, count in
                guard let context, let bytes else { return }
                XMLScan.at(context).add(UnsafeBufferPointer(start: bytes, count: Int(count)))
            },
            { context, _, _, _ in
                guard let context else { return }
                XMLScan.at(context).refuse("document_type", "a document type (DTD) is not accepted here")
            })
        guard let parser else { preconditionFailure("no memory for a parser") }
        scan.parser = parser
        self.scan = scan
        self.parser = parser
        self.read = read
    }

    deinit { xmlFreeParserCtxt(parser) }

    /// Nil at the end of the document.
    /// - Throws: `Mistake`; whatever `read` throws.
    func nextToken() throws -> Token? {
        while next == scan.tokens.count {
            scan.tokens.removeAll(keepingCapacity: true)
            next = 0
            if isAtEnd { return nil }
            try feed()
        }
        next += 1
        return scan.tokens[next - 1]
    }

    private func feed() throws {
        var piece: [UInt8] = []
        isAtEnd = try !read(&piece)
        piece.withUnsafeBytes { bytes in
            let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            _ = xmlParseChunk(parser, text, Int32(bytes.count), isAtEnd ? 1 : 0)
        }
        if let refusal = scan.refusal { throw refusal }
        var line: Int32 = 0
        guard let message = ltc_xml_error(parser, &line) else { return }
        let words = String(cString: message).split(whereSeparator: \.isNewline).joined(separator: " ")
        // What is missing at the very end is the end.
        throw isAtEnd
            ? Mistake(line: Int(line), code: "truncated_file", what: "the file ends in the middle: \(words)")
            : Mistake(line: Int(line), code: "malformed_xml", what: "is not well-formed XML: \(words)")
    }
}
