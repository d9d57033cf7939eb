/// How a dispute game stands. The numbers are the OP Stack's.
package enum GameStatus: UInt64, CaseIterable, Sendable {
  case inProgress = 0
  case challengerWins = 1
  case defenderWins = 2
}
