import Foundation
import StoreFiles
import SystemPackage

/// Does to a log what may happen to it, again and again, and checks what is left.
///
///     FaultDriver kill DIRECTORY CYCLES SEED [lose|tear]
///     FaultDriver crowd DIRECTORY CYCLES SEED [unlock]
///     FaultDriver growth DIRECTORY KILLS SEED RECORDER [careless]
///     FaultDriver repairs DIRECTORY LEDGERS SEED
///     FaultDriver crash DIRECTORY IMAGES SEED RECORDER [DEAFNESS]
///     FaultDriver damage DIRECTORY FILES SEED RECORDER [withoutChecksum|withoutPreflight|trapping]
///     FaultDriver syscalls DIRECTORY RUNS SEED [append|rebuild]     (that work alone, which takes failures for success)
///     FaultDriver full DIRECTORY CYCLES SEED [keep]
///     FaultDriver proofs LEAVES [blind]
///     FaultDriver signing DIRECTORY KILLS SEED [careless]
///
/// DEAFNESS is `ignore-sync`, `ignore-sync-after-failure`, or `ignore-sync-of-` and `signer`, `tiles`, `copy`, `projections` or
/// `repair`.
///
///     FaultDriver append DIRECTORY SEED [COMMITS [persistent|careless]]     (what it does this to)
///     FaultDriver upkeep DIRECTORY SEED                                      (likewise: signs, exports, copies, mirrors)
///     FaultDriver rebuild DIRECTORY LEDGER [careless]                        (likewise: folds a ledger)
///     FaultDriver repair DIRECTORY                                           (likewise: repairs a store's ledger)
///     FaultDriver grow DIRECTORY SEED plain|pinned|careless                  (likewise: appends in a small map)
///     FaultDriver watch DIRECTORY [anew]                                     (a reader with a small map that follows a log)
///     FaultDriver sign DIRECTORY SEED [careless]                             (likewise: signs blocks as its guard lets it)
///     FaultDriver pin DIRECTORY                                              (a reader that stays in a snapshot)
///     FaultDriver examine                                                   (what looks at the remains)
///
/// Ends with 0 if all held, 1 if something did not, 2 if it was called wrongly, 3 if it could not be done.
@main
struct FaultDriver {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do { exit(try run(arguments) ? 0 : 1) } catch { fail("\(error)", code: 3) }
  }

  private static func run(_ arguments: [String]) throws -> Bool {
    let directory = FilePath(arguments.count > 1 ? arguments[1] : "")
    try startVictim(arguments, in: directory)
    if arguments.first == "proofs", (2...3).contains(arguments.count), let leaves = Int(arguments[1]), leaves > 0 {
      if arguments.count == 3, arguments[2] != "blind" { usage() }
      return ProofLoop(largest: leaves, isBlind: arguments.count == 3).run()
    }
    guard arguments.count >= 4, let count = Int(arguments[2]), count > 0, let seed = UInt64(arguments[3]) else {
      usage()
    }
    let options = arguments.dropFirst(4)
    switch (arguments[0], options.count) {
    case ("kill", 0...1):
      let sabotage = options.first.flatMap(Sabotage.init(rawValue:))
      if !options.isEmpty, sabotage == nil { usage() }
      var loop = KillLoop(directory: directory, cycles: count, seed: seed, sabotage: sabotage)
      return loop.run()
    case ("crowd", 0...1):
      if !options.isEmpty, arguments[4] != "unlock" { usage() }
      var loop = CrowdLoop(directory: directory, cycles: count, seed: seed, isSabotaged: !options.isEmpty)
      return try loop.run()
    case ("growth", 1...2):
      if options.count == 2, arguments[5] != "careless" { usage() }
      var loop = GrowthLoop(
        work: directory, recorder: arguments[4], kills: count, seed: seed, isCareless: options.count == 2)
      return loop.run()
    case ("repairs", 0):
      var loop = RepairLoop(work: directory, seed: seed, ledgers: count)
      return try loop.run()
    case ("crash", 1...2):
      guard let deafness = options.count == 2 ? DiskModel.Deafness(rawValue: arguments[5]) : DiskModel.Deafness.none
      else { usage() }
      return try CrashLoop(work: directory, recorder: arguments[4], seed: seed, images: count, deafness: deafness).run()
    case ("damage", 1...2):
      let way = options.count == 2 ? Examination.Way(rawValue: arguments[5]) : .doubt
      guard let way else { usage() }
      return try DamageLoop(work: directory, recorder: arguments[4], seed: seed, files: count, way: way).run()
    case ("syscalls", 0...1):
      let careless = options.first.flatMap(Work.init(rawValue:))
      if !options.isEmpty, careless != .append, careless != .rebuild { usage() }
      return try SystemCallLoop(work: directory, seed: seed, limit: count, careless: careless).run()
    case ("signing", 0...1):
      return try SigningLoop(work: directory, seed: seed, kills: count, isCareless: !options.isEmpty).run()
    case ("full", 0...1):
      if !options.isEmpty, arguments[4] != "keep" { usage() }
      return try FullDiskLoop(directory: directory, cycles: count, seed: seed, keepsSome: !options.isEmpty).run()
    default: usage()
    }
  }

  /// Runs what is disturbed or what looks on, if the arguments name one of these.
  private static func startVictim(_ arguments: [String], in directory: FilePath) throws {
    if arguments == ["examine"] { Examination.serve() }
    if arguments.first == "append", (3...5).contains(arguments.count), let seed = UInt64(arguments[2]) {
      guard let manner = arguments.count > 4 ? Appender.Manner(rawValue: arguments[4]) : .plain else { usage() }
      Appender(
        directory: directory, seed: seed, limit: arguments.count > 3 ? Int(arguments[3]) : nil, manner: manner
      ).run()
    }
    if arguments.first == "upkeep", arguments.count == 3, let seed = UInt64(arguments[2]) {
      Upkeep(places: Upkeep.Places(below: directory), seed: seed).run()
    }
    if arguments.first == "rebuild", (3...4).contains(arguments.count) {
      let isCareless = arguments.dropFirst(3).first.map { $0 == Appender.Manner.careless.rawValue }
      if isCareless == false { usage() }
      Rebuild(directory: directory, ledger: FilePath(arguments[2]), isCareless: isCareless ?? false).run()
    }
    if arguments.first == "repair", arguments.count == 2 { Repair(store: DataDirectory(directory)).run() }
    if arguments.first == "sign", (3...4).contains(arguments.count), let seed = UInt64(arguments[2]) {
      Signing(directory: directory, seed: seed, isCareless: arguments.count == 4).run()
    }
    if arguments.first == "grow", arguments.count == 4, let seed = UInt64(arguments[2]),
      let manner = Growth.Manner(rawValue: arguments[3])
    {
      Growth(directory: directory, seed: seed, manner: manner).run()
    }
    if arguments.first == "watch", arguments.count == 2 || arguments.count == 3 && arguments[2] == "anew" {
      var watch = Watch(directory: directory, opensAnew: arguments.count == 3)
      watch.run()
    }
    if arguments.first == "pin", arguments.count == 2 { Pin(directory: directory).run() }
  }

  static func usage() -> Never {
    fail(
      """
      usage: FaultDriver kill DIRECTORY CYCLES SEED [lose|tear]
             FaultDriver crowd DIRECTORY CYCLES SEED [unlock]
             FaultDriver growth DIRECTORY KILLS SEED RECORDER [careless]
             FaultDriver repairs DIRECTORY LEDGERS SEED
             FaultDriver crash DIRECTORY IMAGES SEED RECORDER [DEAFNESS]
             FaultDriver damage DIRECTORY FILES SEED RECORDER [withoutChecksum|withoutPreflight|trapping]
             FaultDriver syscalls DIRECTORY RUNS SEED [append|rebuild]
             FaultDriver full DIRECTORY CYCLES SEED [keep]
             FaultDriver proofs LEAVES [blind]
             FaultDriver signing DIRECTORY KILLS SEED [careless]
      """, code: 2)
  }

  static func fail(_ text: String, code: Int32) -> Never {
    FileHandle.standardError.write(Data((text + "\n").utf8))
    exit(code)
  }
}
