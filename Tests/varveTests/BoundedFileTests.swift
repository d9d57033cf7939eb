import Foundation
import TestSupport
import Testing

@testable import varve

@Suite("Files of others")
struct BoundedFileTests {
  @Test("a file is read up to its limit; one byte more, or no file, is told in one way")
  func limit() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/file"
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
      #expect(try BoundedFile.read(path, limit: 3, as: "a proof") == [1, 2, 3])
      let long = #expect(throws: Failure.self) { try BoundedFile.read(path, limit: 2, as: "a proof") }
      #expect(long?.kind == .disagreement && long?.message == "\(path) is not a proof: it has more than 2 B")
      let missing = #expect(throws: Failure.self) { try BoundedFile.read("\(directory)/none", limit: 2, as: "a proof") }
      #expect(missing?.kind == .cannot && missing?.message.contains("cannot be read") == true)
    }
  }
}
