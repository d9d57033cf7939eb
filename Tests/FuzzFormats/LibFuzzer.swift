// What libFuzzer calls: `Tools/fuzz` links this module with libFuzzer's own main function. Nothing else calls it.

/// Reads one input as the format that the command line names: `--format=record`. Where something does not hold, the
/// process stops, as it does where a reader traps: that is what libFuzzer looks for, and keeps the input of.
@_cdecl("LLVMFuzzerTestOneInput")
public func readInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  for bytes in Arguments.format.forms(of: input) {
    if let violation = Arguments.format.violation(of: bytes) ?? Arguments.planted(in: bytes) { fatalError(violation) }
  }
  return 0
}

/// The command line's words with two hyphens, which libFuzzer leaves to others.
private enum Arguments {
  static let format: Format = {
    let names = CommandLine.arguments.filter { $0.hasPrefix("--format=") }.map { String($0.dropFirst(9)) }
    guard names.count == 1, let format = Format(rawValue: names[0]) else {
      fatalError("say one format: \(Format.allCases.map { "--format=\($0.rawValue)" }.joined(separator: " "))")
    }
    return format
  }()

  private static let isPlanted = CommandLine.arguments.contains("--planted")

  /// With `--planted`, a fault that `Tools/fuzz self-check` must find: in paths of level 5. The corpus has none.
  static func planted(in bytes: [UInt8]) -> String? {
    guard isPlanted, format == .tilePath, bytes.starts(with: "tile/5/".utf8), format.written(bytes) != nil else {
      return nil
    }
    return "\(format.rawValue): a planted fault"
  }
}
