import Primitives
import TestSupport
import Testing

struct Base64Tests {
  @Test(
    "the examples of RFC 4648, section 10, are encoded and decoded",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ])
  func examples(plain: String, encoded: String) {
    #expect(Base64.encode([UInt8](plain.utf8)) == encoded)
    #expect(Base64.decode(encoded) == [UInt8](plain.utf8))
  }

  @Test("every byte in every place comes back")
  func roundTrip() {
    var random = SeededGenerator()
    for count in 0..<70 {
      for _ in 0..<20 {
        let bytes = random.bytes(count: count)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
      }
    }
  }

  @Test("no two texts stand for the same bytes: every text of up to four characters is refused or is what encode gives")
  func canonical() {
    let characters = [UInt8]("ABQZaghw019+/=- \n".utf8)
    var texts: [[UInt8]] = [[]]
    for _ in 0..<4 {
      texts += texts.flatMap { text in characters.map { text + [$0] } }
    }
    var accepted = 0
    for text in Set(texts) {
      guard let bytes = Base64.decode(text) else { continue }
      accepted += 1
      guard [UInt8](Base64.encode(bytes).utf8) == text else {
        Issue.record("\(text) is a second text of \(bytes)")
        return
      }
    }
    #expect(accepted > 1000)
  }
}
