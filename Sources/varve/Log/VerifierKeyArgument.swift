import ArgumentParser
import MerkleLog

/// A public key: `name+id+key`, or a file that holds it.
struct VerifierKeyArgument: ExpressibleByArgument {
  private let argument: String

  init(argument: String) {
    self.argument = argument
  }

  func key() throws -> VerifierKey {
    if let key = try? VerifierKey(argument) { return key }
    guard let bytes = try? BoundedFile.read(argument, limit: SignedNote.byteLimit, as: "a public key") else {
      throw Failure(
        .wrongUsage, "'\(argument)' is neither a public key, as `varve log stats` prints it, nor a file with one")
    }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    do throws(NoteError) { return try VerifierKey(String(decoding: line, as: UTF8.self)) } catch {
      throw Failure(.wrongUsage, "\(argument): \(error)")
    }
  }
}
