import Foundation
import MerkleLog

/// A file of a log's operator or witness, read whole.
enum EvidenceFile {
  /// The bytes of a file of at most the size that a note or proof may have.
  static func read(_ path: String) throws -> [UInt8] {
    let handle: FileHandle
    do { handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)) } catch {
      throw Failure(.cannot, "\(path): \(error.localizedDescription)")
    }
    defer { try? handle.close() }
    let data = try handle.read(upToCount: SignedNote.byteLimit + 1) ?? Data()
    return [UInt8](data)
  }
}
