import Primitives

/// How often what happens in one run, in percent of its steps. Drawn from the seed, so that some runs are all
/// reorganisations, some all lies, and some quiet: what hides behind another disturbance shows where that one is absent.
struct SimulationPlan {
  var reorganisation, crash, loss, delay: UInt64
  var lie, dispute, randomMove, report, force: UInt64
  var posterFault, posterOutage, keyRotation, settingsChange: UInt64
  var deposit, transfer, junk: UInt64

  init(_ random: inout SplitMix64) {
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
  }
}
