internal import Glibc
internal import SystemPackage

/// A data file, read with pread and never mapped: a missing page is an error, not a signal.
struct PageFile: ~Copyable {
  let path: FilePath
  let length: Int
  let isRegular: Bool
  private let file: Int32

  init(_ path: FilePath) throws(OpenError) {
    let file = unsafe path.withPlatformString { path in unsafe open(path, O_RDONLY | O_CLOEXEC) }
    guard file >= 0 else { throw errno == ENOENT ? .missing(path) : .system(operation: "open", path, errno: errno) }
    var information = stat()
    guard unsafe fstat(file, &information) == 0 else {
      let code = errno
      close(file)
      throw .system(operation: "fstat", path, errno: code)
    }
    self.path = path
    self.file = file
    self.length = Int(information.st_size)
    self.isRegular = information.st_mode & S_IFMT == S_IFREG
  }

  deinit { close(file) }

  /// `count` pages from page `page` on. What lies beyond the end of the file is zero.
  func read(page: Int, size: Int, count: Int) throws(OpenError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size * count)
    var filled = 0
    while filled < bytes.count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          file, UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).baseAddress, buffer.count - filled,
          off_t(page * size + filled))
      }
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw .system(operation: "pread", path, errno: errno)
      }
      filled += got
    }
    return bytes
  }
}

extension [UInt8] {
  /// The bytes as untyped memory, which is safe for a type without padding.
  var raw: RawSpan {
    @_lifetime(borrow self)
    get { unsafe span.bytes }
  }
}
