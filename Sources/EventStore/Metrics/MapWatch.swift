import Logging

/// Tells the log of the program (swift-log) when the map of a log that it appends to is nearly full. Each process has a map
/// of its own, so it is for the one that appends to say so: making it larger takes address space that may not be granted,
/// and a moment without readers in that process.
struct MapWatch {
  private let logger: Logger
  private var hasTold = false

  init(_ logger: Logger) { self.logger = logger }

  /// Looks after a commit. A map that was made larger may become nearly full again, and is told again.
  mutating func look(at use: (usedBytes: Int, mapSize: Int)) {
    let warning = Self.warning(usedBytes: use.usedBytes, mapSize: use.mapSize)
    if let warning, !hasTold { logger.warning("\(warning)") }
    hasTold = warning != nil
  }

  /// A word from 80 % on.
  static func warning(usedBytes: Int, mapSize: Int) -> String? {
    let percent = usedBytes * 100 / max(mapSize, 1)
    guard percent >= 80 else { return nil }
    return "\(percent) % of this process's map of \(mapSize) bytes is used; one that appends makes its own "
      + "larger when it is full, if its limit of address space (ulimit -v) has room for that"
  }
}
