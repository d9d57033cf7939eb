import Dispatch
@testable import EventStore
import LMDB
import Testing

@Suite("Group commit")
struct GroupCommitTests {
  @Test("a caller that is told alone is never waited for, however often it comes")
  func alone() throws {
    #expect(Gathering(told: 1, callers: 1) == nil)
    // Those that waited when it was told are in the next commit anyhow.
    #expect(Gathering(told: 1, callers: 9) == nil)
    try withLog { log, _ in
      for _ in 0..<20 { try log.fill(1) }
      let totals = try #require(try log.statistics().commits)
      #expect(totals.commits == 20 && totals.requests == 20 && totals.gatherings == 0)
    }
  }

  @Test("who was told together is waited for until all are back")
  func allBack() throws {
    var gathering = try #require(Gathering(told: 8, callers: 8))
    for waiting in 0..<8 {
      let goesOn = gathering.goesOn(waiting: waiting, after: .microseconds(20 * waiting))
      #expect(goesOn)
    }
    let gone = gathering.goesOn(waiting: 8, after: .microseconds(160))
    #expect(!gone)
  }

  @Test("nobody is waited for once the log has refused a commit")
  func failed() throws {
    var gathering = try #require(Gathering(told: 8, callers: 0))
    let goesOn = gathering.goesOn(waiting: 0, after: .zero)
    #expect(!goesOn)
  }

  @Test("when no one more comes, the next commit goes without the rest", arguments: [0, 1, 7])
  func patience(waiting: Int) throws {
    var gathering = try #require(Gathering(told: 8, callers: 8))
    let times = [.zero, .microseconds(12), Gathering.patience, Gathering.patience + .nanoseconds(1)]
    let answers = times.map { gathering.goesOn(waiting: waiting, after: $0) }
    #expect(answers == [true, true, true, false])
  }

  @Test("each that comes is another reason to wait, but for so long at most")
  func longestWait() throws {
    var gathering = try #require(Gathering(told: 1000, callers: 1000))
    let steps = Int(Gathering.longestWait / Gathering.patience)
    for step in 0...steps {
      let goesOn = gathering.goesOn(waiting: step, after: Gathering.patience * step)
      #expect(goesOn)
    }
    let goesOn = gathering.goesOn(waiting: steps + 1, after: Gathering.longestWait + .nanoseconds(1))
    #expect(!goesOn)
  }

  @Test("requests that come during a commit share the next one; callers that come back at once meet each other again")
  func shared() throws {
    try withLog { log, _ in
      let writer = try #require(log.writer)
      let told = DispatchGroup()
      @Sendable func submit(_ rounds: Int) {
        told.enter()
        let request = AppendRequest.records([plain([UInt8(rounds)])], expecting: nil)
        let pending = LogWriter.Pending(request: request, byteCount: request.byteCount) { outcome in
          #expect((try? outcome.get())?.newCount == 1)
          if rounds > 1 { submit(rounds - 1) }
          told.leave()
        }
        writer.submit(pending, to: log.environment)
      }
      // The write thread is busy until all wait.
      let mayWrite = DispatchSemaphore(value: 0)
      log.environment.enqueue { _ in mayWrite.wait() }
      for _ in 0..<8 { submit(3) }
      #expect(writer.totals.commits == 0)
      mayWrite.signal()
      told.wait()
      // Behind what the writer does after it has told them.
      try log.fill(1)
      let totals = writer.totals
      #expect(totals.commits == 4 && totals.requests == 25 && totals.gatherings == 3)
    }
  }
}
