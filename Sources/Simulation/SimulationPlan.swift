import Primitives

/// How often what happens in one run, in percent of its steps. Drawn from the seed, so that some runs are all
/// reorganisations, some all lies, and some quiet: what hides behind another disturbance shows where that one is absent.
struct SimulationPlan {
  var reorganisation, crash, loss, delay: UInt64
  var lie, dispute, randomMove, report, force: UInt64
  var posterFault, posterOutage, keyRotation, settingsChange: UInt64
  var deposit, transfer, junk: UInt64

  /// Intrigues: a liar's second account; a key in the wrong hands; what the guardian does in an emergency.
  var accomplice, doubleSign, pause, blacklist, bondChange: UInt64

  /// Outputs that the liar proposes although they are true.
  var strangersOutputs: UInt64

  /// Batches that the poster takes from a retired key, where there is one.
  var retiredKey: UInt64

  /// Whether the sequencer leaves messages out for a while, now and then.
  var isCensoring: Bool

  var challengers: Challengers

  enum Challengers {
    case one
    /// Two at once, of which each comes first now and then.
    case two
    /// A second one from the start, and the first one no longer from this step on.
    case relieved(at: Int)
  }

  /// - Parameter schemes: draws all that concerns intrigues, so that without them a run is what it would be if there were
  ///   none; `asides` likewise for what strangers do, and `leaks` for what a retired key does.
  init(
    _ random: inout SplitMix64, schemes: inout SplitMix64, asides: inout SplitMix64, leaks: inout SplitMix64
  ) {
    reorganisation = random.pick([0, 4, 8, 12])
    crash = random.pick([0, 2, 4, 8])
    loss = random.pick([0, 5, 15])
    delay = random.pick([0, 10, 30])
    lie = random.pick([2, 6, 12])
    dispute = random.pick([0, 4, 8])
    randomMove = random.pick([0, 20, 40])
    report = 10
    force = random.pick([0, 20, 50])
    posterFault = random.pick([0, 0, 15, 40])
    posterOutage = random.pick([0, 0, 3])
    keyRotation = random.pick([0, 0, 3])
    settingsChange = random.pick([0, 0, 4])
    deposit = random.pick([5, 20, 50])
    transfer = random.pick([0, 10, 30])
    junk = random.pick([0, 10, 40])
    accomplice = schemes.pick([0, 0, 0, 50])
    doubleSign = schemes.pick([0, 0, 0, 20])
    pause = schemes.pick([0, 0, 0, 3])
    blacklist = schemes.pick([0, 0, 0, 2])
    bondChange = schemes.pick([0, 0, 4])
    strangersOutputs = asides.pick([0, 0, 0, 10])
    retiredKey = leaks.pick([0, 0, 0, 60])
    isCensoring = schemes.chance(20)
    challengers = schemes.pick([.one, .one, .one, .one, .two, .relieved(at: 10 + schemes.below(50))])
  }
}
