import CLibXML2

/// Takes what libxml2 tells of a document and keeps the wanted elements, in the order in which they open and close.
final class XMLScan {
    private let wanted: WantedElements
    /// The wanted elements that are open, as indices of `wanted`, and how many unwanted ones are open inside.
    private var path = [0]
    private var unwanted = 0
    private var text: [UInt8] = []
    private var currency = ""
    /// As libxml2 keeps it: one address for one name.
    private var namespace: UnsafePointer<UInt8>?

    /// Set once, right after the parser was made with this object as its context.
    var parser: xmlParserCtxtPtr?
    var tokens: [XMLStream.Token] = []
    private(set) var root: XMLStream.Root?
    private(set) var refusal: XMLStream.Mistake?

    init(_ wanted: WantedElements) { self.wanted = wanted }

    static func at(_ context: UnsafeMutableRawPointer) -> XMLScan {
        Unmanaged<XMLScan>.fromOpaque(context).takeUnretainedValue()
    }

    var depth: Int { path.count - 1 + unwanted }
    private var line: Int { parser.map { Int(ltc_xml_line($0)) } ?? 0 }

    func open(
        _ name: UnsafePointer<UInt8>, _ namespace: UnsafePointer<UInt8>?,
        _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ count: Int
    ) {
        guard depth < XMLStream.maximumDepth else {
            return refuse("too_deep", "elements are nested deeper than \(XMLStream.maximumDepth)")
        }
        if depth == 0 {
            self.namespace = namespace
            root = .init(
                name: String(cString: name), namespace: namespace.map { String(cString: $0) } ?? "", line: line)
        }
        let isOurs = namespace == self.namespace
        if !isOurs, let namespace, String(cString: namespace).hasSuffix("/XInclude") {
            return refuse("xinclude", "XInclude is not accepted here: a statement stands in one file")
        }
        guard isOurs, unwanted == 0, let node = wanted.child(of: path[path.count - 1], named: name) else {
            unwanted += 1
            return
        }
        path.append(node)
        text.removeAll(keepingCapacity: true)
        guard let field = wanted.nodes[node].field else { return }
        tokens.append(.init(field: field, isClosing: false, line: line))
        currency = count == 0 ? "" : Self.currency(attributes, count)
    }

    func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard unwanted == 0, let field = wanted.nodes[path[path.count - 1]].field else { return }
        let isWords = [.unstructured, .additionalWords, .information].contains(field)
        let most = isWords ? XMLStream.maximumWords : XMLStream.maximumText
        guard text.count + bytes.count <= most else {
            return refuse("text_too_long", "a text here is longer than \(most) bytes")
        }
        text.append(contentsOf: bytes)
    }

    func close() {
        guard unwanted == 0 else {
            unwanted -= 1
            return
        }
        guard path.count > 1, let field = wanted.nodes[path.removeLast()].field else { return }
        tokens.append(.init(field: field, isClosing: true, text: Self.trimmed(text), currency: currency, line: line))
        text.removeAll(keepingCapacity: true)
        currency = ""
    }

    func refuse(_ code: String, _ what: String) {
        guard refusal == nil else { return }
        refusal = XMLStream.Mistake(line: line, code: code, what: what)
        if let parser { xmlStopParser(parser) }
    }

    private static func trimmed(_ bytes: [UInt8]) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// The attribute `Ccy`. libxml2 lays attributes out in fives: name, prefix, namespace, begin and end of the value.
    private static func currency(_ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ count: Int) -> String {
        guard let attributes else { return "" }
        for index in 0..<count {
            guard let name = attributes[5 * index], String(cString: name) == "Ccy",
                let start = attributes[5 * index + 3], let end = attributes[5 * index + 4]
            else { continue }
            return String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
        }
        return ""
    }
}
