import Foundation
import SystemPackage

/// What a process asked of the file system, in the order in which it took effect: the file that `Tools/Faults/recorder.c`
/// writes.
struct Recording {
  /// One operation. Names are below the recorded directory; `file` is a number that no other file has had.
  enum Operation {
    /// `isDurable` when the descriptor was opened so that a write returns only then.
    case write(file: UInt64, offset: Int, bytes: [UInt8], isDurable: Bool)
    /// It should have been durable, and the process was told that it failed.
    case failedWrite(file: UInt64, offset: Int, bytes: [UInt8])
    case resize(file: UInt64, size: Int)
    case sync(file: UInt64)
    case makeFile(name: String, file: UInt64)
    case makeDirectory(name: String)
    case rename(name: String, to: String)
    case exchange(name: String, with: String)
    case link(name: String, as: String)
    case remove(name: String)
    case syncDirectory(name: String)
    /// Of all that was asked for so far.
    case syncAll
    /// Printed on standard output: from here on somebody counts on it.
    case acknowledge(String)
  }

  /// The recording is cut off or was written by another version.
  struct Malformed: Error {
    let offset: Int
  }

  private(set) var operations: [Operation] = []

  init(contentsOf path: String) throws {
    var reader = Reader(bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    while !reader.isAtEnd { operations.append(try reader.operation()) }
  }

  private struct Reader {
    let bytes: [UInt8]
    var offset = 0

    /// The file that an inode's number stands for now: the system gives the numbers of files that are gone to others.
    private var files: [UInt64: UInt64] = [:]
    private var count: UInt64 = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func operation() throws -> Operation {
      let start = offset
      let code = try number(1)
      let place = Int(try number(8))
      let file = identity(of: try number(8), isMade: code == 5)
      let lengths = (Int(try number(4)), Int(try number(4)))
      let first = String(decoding: try take(lengths.0), as: UTF8.self)
      let second = Array(try take(lengths.1))
      let text = String(decoding: second, as: UTF8.self)
      switch code {
      case 1, 2: return .write(file: file, offset: place, bytes: second, isDurable: code == 2)
      case 3: return .resize(file: file, size: place)
      case 4: return .sync(file: file)
      case 5: return .makeFile(name: first, file: file)
      case 6: return .rename(name: first, to: text)
      case 7, 12: return .remove(name: first)
      case 8: return .makeDirectory(name: first)
      case 9: return .syncDirectory(name: first)
      case 10: return .acknowledge(text)
      case 11: return .link(name: first, as: text)
      case 14: return .syncAll
      case 15: return .exchange(name: first, with: text)
      case 13: return .failedWrite(file: file, offset: place, bytes: second)
      default: throw Malformed(offset: start)
      }
    }

    private mutating func identity(of inode: UInt64, isMade: Bool) -> UInt64 {
      if !isMade, let file = files[inode] { return file }
      count += 1
      files[inode] = count
      return count
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
      guard count <= bytes.count - offset else { throw Malformed(offset: offset) }
      defer { offset += count }
      return bytes[offset..<offset + count]
    }

    private mutating func number(_ count: Int) throws -> UInt64 {
      try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}

extension Recording {
  /// The beginning of a recording of a process that finds these files: as if it had made and synced them.
  static func beginning(with directory: FilePath) throws -> [UInt8] {
    let manager = FileManager.default
    var bytes: [UInt8] = []
    for name in try manager.subpathsOfDirectory(atPath: directory.string).sorted() {
      // The recorder leaves it out as well.
      guard !name.hasSuffix("lock.mdb") else { continue }
      let path = directory.appending(FilePath(name).components).string
      let attributes = try manager.attributesOfItem(atPath: path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        note(8, name: name, to: &bytes)
        continue
      }
      guard let inode = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value else { throw Malformed(offset: 0) }
      note(5, file: inode, name: name, to: &bytes)
      let content = try Data(contentsOf: URL(fileURLWithPath: path))
      note(1, file: inode, name: name, [UInt8](content), to: &bytes)
    }
    note(14, name: "", to: &bytes)
    return bytes
  }

  /// One entry, as the recorder writes it, at the beginning of its file.
  private static func note(
    _ code: UInt8, file: UInt64 = 0, name: String, _ content: [UInt8] = [], to bytes: inout [UInt8]
  ) {
    func append(_ number: UInt64, count: Int) {
      for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))) }
    }
    bytes.append(code)
    append(0, count: 8)
    append(file, count: 8)
    append(UInt64(name.utf8.count), count: 4)
    append(UInt64(content.count), count: 4)
    bytes += Array(name.utf8) + content
  }
}
