import Foundation
import LMDB
import SystemPackage

/// A text file of whole lines. What was written is durable when the call returns, and so is the file's name.
struct LineFile: Sendable {
  let path: FilePath

  /// Opens the file, or makes it with the directories on its way.
  ///
  /// A crash may have left part of a line at the end. Nothing was done because of it, as its writing had not returned; it is
  /// cut off, so that no other line comes to stand behind it. Whoever opens the file is the only one who writes it.
  init(_ path: FilePath) throws(NodeError) {
    self.path = path
    do {
      try Files.createDirectory(path.removingLastComponent())
      let file = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
      try file.closeAfter {
        let bytes = try Self.contents(of: file)
        let whole = bytes.lastIndex(of: Self.lineFeed).map { $0 + 1 } ?? 0
        if whole < bytes.count { try file.resize(to: Int64(whole)) }
        try Self.sync(file)
      }
      try Files.syncDirectory(path.removingLastComponent())
    } catch { throw .files(path: path.string, cause: "\(error)") }
  }

  /// Every line, in order. O(file).
  func lines() throws(NodeError) -> [String] {
    guard let lines = try Self.look(at: path) else {
      throw .files(path: path.string, cause: "\(Errno.noSuchFileOrDirectory)")
    }
    return lines
  }

  /// Every whole line of a file that is only looked at; nil when there is none. O(file).
  static func look(at path: FilePath) throws(NodeError) -> [String]? {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      let bytes = try file.closeAfter { try Self.contents(of: file) }
      return bytes.split(separator: Self.lineFeed, omittingEmptySubsequences: false).dropLast().map {
        String(decoding: $0, as: UTF8.self)
      }
    } catch Errno.noSuchFileOrDirectory { return nil } catch { throw .files(path: path.string, cause: "\(error)") }
  }

  /// Adds a line. When that fails the file is what it was.
  func append(_ line: String) throws(NodeError) {
    do {
      let file = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
      try file.closeAfter {
        let end = try file.seek(offset: 0, from: .end)
        do {
          _ = try file.writeAll([UInt8](line.utf8) + [Self.lineFeed])
          try Self.sync(file)
        } catch {
          try? file.resize(to: end)
          throw error
        }
      }
    } catch { throw .files(path: path.string, cause: "\(error)") }
  }

  /// Puts other lines in the place of all. After a crash there are the old ones or the new ones.
  func replace(with lines: [String]) throws(NodeError) {
    do throws(LMDB.OpenError) {
      try Files.replace(path, with: lines.flatMap { [UInt8]($0.utf8) + [Self.lineFeed] })
    } catch { throw .files(path: path.string, cause: "\(error)") }
  }
}

extension LineFile {
  private static let lineFeed = UInt8(ascii: "\n")

  private static func contents(of file: FileDescriptor) throws -> [UInt8] {
    let count = Int(try file.seek(offset: 0, from: .end))
    var bytes = [UInt8](repeating: 0, count: count)
    let read = try unsafe bytes.withUnsafeMutableBytes { buffer in
      var read = 0
      while read < count {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[read...])
        let more = try unsafe file.read(fromAbsoluteOffset: Int64(read), into: rest)
        if more == 0 { break }
        read += more
      }
      return read
    }
    return Array(bytes.prefix(read))
  }

  private static func sync(_ file: FileDescriptor) throws {
    guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
  }
}
