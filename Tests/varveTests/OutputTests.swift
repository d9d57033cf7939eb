import Testing

@testable import varve

@Suite("What the tool prints")
struct OutputTests {
  @Test("numbers are grouped by thousands, with their sign")
  func counts() {
    #expect(Quantity.count(0) == "0")
    #expect(Quantity.count(999) == "999")
    #expect(Quantity.count(1000) == "1,000")
    #expect(Quantity.count(-1_234_567) == "-1,234,567")
    #expect(Quantity.count(UInt64.max) == "18,446,744,073,709,551,615")
  }

  @Test("sizes have a binary unit and about three figures")
  func bytes() {
    #expect(Quantity.bytes(0) == "0 B")
    #expect(Quantity.bytes(999) == "999 B")
    #expect(Quantity.bytes(1536) == "1.50 KiB")
    #expect(Quantity.bytes(15 << 20) == "15.0 MiB")
    #expect(Quantity.bytes(UInt64.max) == "16384 PiB")
  }

  @Test("time spans use the unit a person would")
  func durations() {
    #expect(Quantity.duration(seconds: 0.0314) == "31 ms")
    #expect(Quantity.duration(seconds: 12.34) == "12.3 s")
    #expect(Quantity.duration(seconds: 245) == "4 m 05 s")
    #expect(Quantity.duration(seconds: 7800) == "2 h 10 m")
    #expect(Quantity.duration(seconds: .infinity).hasSuffix("m"))
  }

  @Test("a fixed number of digits, rounded, never in exponents")
  func fixed() {
    #expect(Quantity.fixed(1.005, 1) == "1.0")
    #expect(Quantity.fixed(-0.25, 2) == "-0.25")
    #expect(Quantity.fixed(3, 0) == "3")
    #expect(Quantity.rate(5000, "blocks", seconds: 2) == "2,500 blocks/s")
    #expect(Quantity.rate(1, "blocks", seconds: 0) == "- blocks/s")
  }

  @Test("a bar says how much, how fast and how long still")
  func progress() {
    #expect(
      ProgressBar.text(done: 2500, total: 5000, unit: "blocks", seconds: 2)
        == "[###############               ] 50 %  2,500 of 5,000 blocks  1,250 blocks/s  2.0 s left")
    #expect(ProgressBar.text(done: 10, total: nil, unit: "blocks", seconds: 1) == "10 blocks  10 blocks/s")
    #expect(ProgressBar.text(done: 0, total: 10, unit: "blocks", seconds: 1).hasSuffix("0.0 blocks/s"))
    #expect(ProgressBar.text(done: 12, total: 10, unit: "blocks", seconds: 1).contains("100 %"))
  }

  @Test("columns of a table line up, numbers to the right, and no line ends in blanks")
  func tables() {
    var page = Page()
    page.table(
      [.init(title: "position", isNumber: true), .init(title: "kind"), .init(title: "hash")],
      [["7", "BlockSequenced", "0xab"], ["1,000", "L1Finalized", ""]])
    #expect(
      page.text == """
        position  kind            hash
               7  BlockSequenced  0xab
           1,000  L1Finalized

        """)
    page = Page()
    page.facts([("records", "5"), ("root", "0x00")])
    #expect(page.text == "records  5\nroot     0x00\n")
  }

  @Test("colour is there only when asked for")
  func colour() {
    #expect(Page(hasColour: false).styled("x", .bad) == "x")
    #expect(Page(hasColour: true).styled("x", .bad) == "\u{1B}[31mx\u{1B}[0m")
  }

  @Test("a failure as JSON has exit code, kind, message and remedy")
  func failures() {
    #expect(
      Failure(.disagreement, "the digest \"a\" differs", remedy: "rebuild").json
        == #"{"error":{"exitCode":1,"kind":"disagreement","message":"the digest \"a\" differs","remedy":"rebuild"}}"#)
    #expect(Failure(.cannot, "no").json == #"{"error":{"exitCode":3,"kind":"cannot","message":"no"}}"#)
  }
}
