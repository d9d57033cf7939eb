import Foundation
import StoreFiles
import SystemPackage

/// Does to a log what may happen to it, again and again, and checks what is left.
///
///     FaultDriver kill DIRECTORY CYCLES SEED [lose|tear]
///     FaultDriver crowd DIRECTORY CYCLES SEED [unlock|moved]
///     FaultDriver growth DIRECTORY KILLS SEED RECORDER [careless|moved]
///     FaultDriver repairs DIRECTORY LEDGERS SEED [forgetful|hasty]
///     FaultDriver crash DIRECTORY IMAGES SEED RECORDER [DEAFNESS]
///     FaultDriver damage DIRECTORY FILES SEED RECORDER [withoutChecksum|withoutPreflight|trapping]
///     FaultDriver syscalls DIRECTORY RUNS SEED [append|upkeep|rebuild]  (that alone, which takes failures for success)
///     FaultDriver spill DIRECTORY RUNS SEED [careless]
///     FaultDriver full DIRECTORY CYCLES SEED [keep]
///     FaultDriver proofs LEAVES [blind]
///     FaultDriver signing DIRECTORY KILLS SEED [careless]
///
/// DEAFNESS is `ignore-sync`, `ignore-sync-after-failure`, `ignore-data-sync`, or `ignore-sync-of-` and `directory`, `signer`,
/// `tiles`, `copy`, `projections` or `repair`.
///
///     FaultDriver append DIRECTORY SEED [COMMITS [persistent|careless]]     (what it does this to)
///     FaultDriver upkeep DIRECTORY SEED [careless]                           (likewise: signs, exports, copies, mirrors)
///     FaultDriver rebuild DIRECTORY LEDGER [careless]                        (likewise: folds a ledger)
///     FaultDriver index DIRECTORY LEDGER [careless]                          (likewise: folds it into the index alone)
///     FaultDriver repair DIRECTORY [plain|forgetful|hasty]                   (likewise: repairs a store's ledger)
///     FaultDriver grow DIRECTORY SEED plain|pinned|careless                  (likewise: appends in a small map)
///     FaultDriver watch DIRECTORY plain|anew|moved                           (a reader with a small map that follows a log)
///     FaultDriver sign DIRECTORY SEED [careless]                             (likewise: signs blocks as its guard lets it)
///     FaultDriver pin DIRECTORY [moved]                                      (a reader that stays in a snapshot)
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
      let breach = options.first.flatMap(CrowdLoop.Breach.init(rawValue:))
      if !options.isEmpty, breach == nil { usage() }
      var loop = CrowdLoop(directory: directory, cycles: count, seed: seed, breach: breach)
      return try loop.run()
    case ("growth", 1...2):
      let breach = options.dropFirst().first.flatMap(GrowthLoop.Breach.init(rawValue:))
      if options.count == 2, breach == nil { usage() }
      var loop = GrowthLoop(work: directory, recorder: arguments[4], kills: count, seed: seed, breach: breach)
      return loop.run()
    case ("repairs", 0...1):
      guard let manner = options.isEmpty ? .plain : Repair.Manner(rawValue: arguments[4]) else { usage() }
      var loop = RepairLoop(work: directory, seed: seed, ledgers: count, manner: manner)
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
      if !options.isEmpty, careless == nil || careless == .index || careless == .repair { usage() }
      return try SystemCallLoop(
        work: directory, seed: seed, limit: count, alone: careless, isCareless: careless != nil
      ).run()
    case ("spill", 0...1):
      if !options.isEmpty, arguments[4] != Appender.Manner.careless.rawValue { usage() }
      return try SystemCallLoop(
        work: directory, seed: seed, limit: count, alone: .index, isCareless: !options.isEmpty
      ).run()
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
    let work = arguments.first.flatMap(Work.init(rawValue:))
    if let work, work != .append, work != .repair, (3...4).contains(arguments.count) {
      let isCareless = arguments.count == 4
      if isCareless, arguments[3] != Appender.Manner.careless.rawValue { usage() }
      if work == .upkeep {
        guard let seed = UInt64(arguments[2]) else { usage() }
        Upkeep(places: Upkeep.Places(below: directory), seed: seed, isCareless: isCareless).run()
      }
      let rebuild = Rebuild(directory: directory, ledger: FilePath(arguments[2]), isCareless: isCareless)
      rebuild.run(indexAlone: work == .index)
    }
    if work == .repair, (2...3).contains(arguments.count) {
      guard let manner = arguments.count == 2 ? .plain : Repair.Manner(rawValue: arguments[2]) else { usage() }
      Repair(store: DataDirectory(directory), manner: manner).run()
    }
    if arguments.first == "sign", (3...4).contains(arguments.count), let seed = UInt64(arguments[2]) {
      Signing(directory: directory, seed: seed, isCareless: arguments.count == 4).run()
    }
    if arguments.first == "grow", arguments.count == 4, let seed = UInt64(arguments[2]),
      let manner = Growth.Manner(rawValue: arguments[3])
    {
      Growth(directory: directory, seed: seed, manner: manner).run()
    }
    if arguments.first == "watch", arguments.count == 3, let manner = Watch.Manner(rawValue: arguments[2]) {
      var watch = Watch(directory: directory, manner)
      watch.run()
    }
    if arguments.first == "pin", arguments.count == 2 || arguments.dropFirst(2) == [CrowdLoop.Breach.moved.rawValue] {
      Pin(directory: directory, moves: arguments.count == 3).run()
    }
  }

  static func usage() -> Never {
    fail(
      """
      usage: FaultDriver kill DIRECTORY CYCLES SEED [lose|tear]
             FaultDriver crowd DIRECTORY CYCLES SEED [unlock|moved]
             FaultDriver growth DIRECTORY KILLS SEED RECORDER [careless|moved]
             FaultDriver repairs DIRECTORY LEDGERS SEED [forgetful|hasty]
             FaultDriver crash DIRECTORY IMAGES SEED RECORDER [DEAFNESS]
             FaultDriver damage DIRECTORY FILES SEED RECORDER [withoutChecksum|withoutPreflight|trapping]
             FaultDriver syscalls DIRECTORY RUNS SEED [append|upkeep|rebuild]
             FaultDriver spill DIRECTORY RUNS SEED [careless]
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
