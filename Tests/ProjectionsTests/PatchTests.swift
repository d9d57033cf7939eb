import Primitives
import TestSupport
import Testing

@testable import Projections

@Suite("Patches of rows in the journal")
struct PatchTests {
  @Test("an old row comes back from the row that replaced it, whatever they have in common")
  func roundTrip() {
    var random = SeededGenerator()
    var patched = 0
    for _ in 0..<3000 {
      let old = random.bytes(count: Int(random.next() % 90))
      var new = old
      for _ in 0..<random.next() % 5 where !new.isEmpty {
        let start = Int(random.next() % UInt64(new.count))
        for index in start..<min(new.count, start + Int(random.next() % 12)) { new[index] = UInt8(random.next() % 3) }
      }
      if random.next() % 8 == 0 { new.append(1) }
      let key = random.bytes(count: Int(random.next() % 40))
      var bytes = random.bytes(count: 5)
      OldRow.append(3, key.rawSpan, old.rawSpan, new: new.rawSpan, to: &bytes)
      guard let row = OldRow(bytes.rawSpan, at: 5) else {
        Issue.record("no row")
        continue
      }
      #expect(row.table == 3 && Array(bytes[row.key]) == key && row.end == bytes.count)
      switch row.content {
      case .absent: Issue.record("there was a row")
      case .value(let range): #expect(Array(bytes[range]) == old)
      case .patch(let range, let length):
        patched += 1
        #expect(length == old.count && old.count == new.count && range.count < old.count)
        let patch = Array(bytes[range])
        let isApplied = Patch.apply(patch.rawSpan, to: &new)
        #expect(isApplied && new == old)
      }
    }
    #expect(patched > 500)
  }

  @Test("a row of which one byte is different takes five bytes and its header")
  func size() {
    let old = [UInt8](repeating: 7, count: 532)
    var new = old
    new[400] = 8
    var bytes: [UInt8] = []
    let key: [UInt8] = [1]
    OldRow.append(0, key.rawSpan, old.rawSpan, new: new.rawSpan, to: &bytes)
    #expect(bytes.count == 7 + 1 + 4 + 5)
  }

  @Test("a patch that is cut short, or leads beyond the row, is refused")
  func damage() {
    let old: [UInt8] = Array(0..<100)
    var new = old
    (new[3], new[50], new[99]) = (0, 0, 0)
    var bytes: [UInt8] = []
    let key: [UInt8] = []
    OldRow.append(0, key.rawSpan, old.rawSpan, new: new.rawSpan, to: &bytes)
    for count in 0..<bytes.count {
      let short = Array(bytes.prefix(count))
      let row = OldRow(short.rawSpan, at: 0)
      #expect(row?.end == nil, "\(count) bytes")
    }
    guard let row = OldRow(bytes.rawSpan, at: 0), case .patch(let range, _) = row.content else {
      Issue.record("it is a patch")
      return
    }
    var short = Array(new.dropLast())
    let (patch, cut) = (Array(bytes[range]), Array(bytes[range].dropLast()))
    let isShortApplied = Patch.apply(patch.rawSpan, to: &short)
    let isCutApplied = Patch.apply(cut.rawSpan, to: &new)
    #expect(!isShortApplied && !isCutApplied)
  }
}
