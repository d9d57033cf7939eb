import Foundation
import SystemPackage

/// Kills a process that appends to a log, again and again, and checks what is left.
///
///     FaultDriver kill DIRECTORY CYCLES SEED [lose|tear]
///     FaultDriver append DIRECTORY SEED               (what it kills)
///
/// Ends with 0 if nothing was lost, 1 if something was, 2 if it was called wrongly.
@main
struct FaultDriver {
  static func main() {
    let arguments = CommandLine.arguments
    let directory = FilePath(arguments.count > 2 ? arguments[2] : "")
    switch arguments.count > 1 ? arguments[1] : "" {
    case "append" where arguments.count == 4:
      guard let seed = UInt64(arguments[3]) else { usage() }
      Appender(directory: directory, seed: seed).run()
    case "kill" where (5...6).contains(arguments.count):
      guard let cycles = Int(arguments[3]), cycles > 0, let seed = UInt64(arguments[4]) else { usage() }
      let sabotage = arguments.count == 6 ? Sabotage(rawValue: arguments[5]) : nil
      if arguments.count == 6, sabotage == nil { usage() }
      var loop = KillLoop(directory: directory, cycles: cycles, seed: seed, sabotage: sabotage)
      exit(loop.run() ? 0 : 1)
    default:
      usage()
    }
  }

  static func usage() -> Never {
    fail("usage: FaultDriver kill DIRECTORY CYCLES SEED [lose|tear]", code: 2)
  }

  static func fail(_ text: String, code: Int32) -> Never {
    FileHandle.standardError.write(Data((text + "\n").utf8))
    exit(code)
  }
}

/// SplitMix64: the same numbers for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
