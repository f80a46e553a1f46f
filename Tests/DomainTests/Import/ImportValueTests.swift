import Foundation
import Testing

@testable import Domain

@Suite struct ImportValueTests {
    @Test(arguments: [
        ("1.234,50", "1234.50"), ("1234,50", "1234.50"), ("-12", "-12"), ("12.345.678", "12345678"), ("1234.50", nil),
        ("1.23,50", nil), ("12.34", nil), (",5", nil), ("5,", nil), ("1..234", nil), ("1,234.50", nil),
    ])
    func `marks between thousands stand between thousands`(text: String, plain: String?) {
        #expect(DecimalStyle.comma.plain(text) == plain)
        let swapped = String(text.map { $0 == "." ? "," : $0 == "," ? "." : $0 })
        #expect(DecimalStyle.point.plain(swapped) == plain)
    }

    @Test(arguments: [
        ("DD-MM-YY", "20-10-16", "2016-10-20"), ("DD-MM-YY", "01-01-69", "1969-01-01"),
        ("YYYY-MM-DD", "2024-02-29", "2024-02-29"),
        ("M/D/YYYY", "3/7/2026", "2026-03-07"), ("YYYY年M月D日", "2026年11月3日", "2026-11-03"),
        ("YYYYMMDD", "20260307", "2026-03-07"),
    ])
    func `a date is read as its pattern says`(pattern: String, text: String, date: String) throws {
        #expect(try #require(DatePattern(pattern)).read(text)?.date == CalendarDate(date))
    }

    @Test(arguments: [
        ("DD-MM-YY", "2016-10-20"), ("DD-MM-YY", "30-02-17"), ("DD-MM-YY", "20-10-16 "), ("M/D/YYYY", "13/7/2026"),
        ("YYYY-MM-DD", "2025-02-29"), ("YYYY-MM-DD HH:mm", "2025-02-28 24:00"),
        ("M/D/YYYY h:mm a", "1/1/2026 13:00 PM"),
    ])
    func `a date that is not as its pattern says is none`(pattern: String, text: String) throws {
        #expect(try #require(DatePattern(pattern)).read(text) == nil)
    }

    @Test func `a time of twelve hours counts from midnight and from noon`() throws {
        let pattern = try #require(DatePattern("M/D/YYYY h:mm a"))
        #expect(pattern.read("1/2/2026 12:05 AM")?.seconds == 300)
        #expect(pattern.read("1/2/2026 12:05 pm")?.seconds == 43_500)
    }

    @Test(arguments: ["DD-MM", "", "YYYY-MM-DD YYYY"])
    func `a pattern that does not name one day is none`(pattern: String) {
        #expect(DatePattern(pattern) == nil)
    }

    @Test(arguments: [
        ("2026-03-31T09:30:00Z", 1_774_949_400.0), ("2026-03-31 11:30:00.25+02:00", 1_774_949_400.25),
        ("2026-03-31T11:30", 1_774_949_400), ("2026-03-31T05:00:00-0430", 1_774_949_400), ("2026-03-31", 1_774_908_000),
        // The hour that Berlin skips, and the first of the two that it has twice.
        ("2026-03-29T02:30", 1_774_746_000), ("2026-10-25T02:30", 1_792_888_200),
    ])
    func `an instant without offset is local time`(text: String, seconds: Double) throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        #expect(InstantText.read(text, in: berlin)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "2026-03-31T", "2026-03-31T9:30", "2026-03-31T09:30:00X", "2026-03-31T09:60", "31.03.2026",
        "2026-03-31T09:30:00Z ",
    ])
    func `what is not ISO 8601 is no instant`(text: String) {
        #expect(InstantText.read(text, in: .gmt) == nil)
    }

    @Test func `names fold to what tells companies apart`() {
        #expect(Folding.name("ＡＣＭＥ, Inc.") == "acmeinc")
        #expect(Folding.name("Acme, inc") == "acmeinc")
        #expect(Folding.name("上海 申通（集团）") == "上海申通集团")
        #expect(Folding.name("Caf\u{65}\u{301} Müller & Söhne") == Folding.name("CAFÉ MÜLLER  SÖHNE"))
        #expect(Folding.name("Globex 1") != Folding.name("Globex 2"))
    }

    @Test(arguments: ["ann@example.com", "ANN@Example.COM", "ａｎｎ＠example.com"])
    func `an address is the same in any case and width`(text: String) {
        #expect(Folding.email(text) == "ann@example.com")
    }

    @Test(arguments: [
        "ann", "@example.com", "ann@", "ann@example", "a b@example.com", "ann@ex..com", "a@b@example.com",
        "x@example.com\r\nBcc: y@example.com", "Ann <ann@example.com>",
    ])
    func `what is no address is refused`(text: String) {
        #expect(Folding.email(text) == nil)
    }

    @Test func `a telephone number is its digits`() {
        #expect(Folding.phone("+49 (30) 1234-567") == "+49301234567")
        #expect(Folding.phone("0049 30 1234567 ext. 12") == "+49301234567")
        #expect(Folding.phone("０２１-５５５５ ８８８８") == "02155558888")
        #expect(Folding.phone("12") == nil)
    }

    @Test func `a code is made of a name`() {
        #expect(Folding.code("Mei-Mei Johns") == "mei-mei-johns")
        #expect(Folding.code("华东 一部") == "华东-一部")
    }

    @Test func `rows of the same content have the same key, and only those`() {
        func key(_ values: String?...) -> String {
            var key = ContentKey()
            for value in values { key.add(value) }
            return key.text
        }
        #expect(key("ab", "c") == key("ab", "c"))
        #expect(Set([key("ab", "c"), key("a", "bc"), key("ab", nil, "c"), key("ab", "", "c"), key("abc")]).count == 5)
        #expect(key("x").utf8.count == 33)
    }
}
