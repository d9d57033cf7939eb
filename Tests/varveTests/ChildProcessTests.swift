import Testing

@testable import varve

@Suite("Child processes")
struct ChildProcessTests {
  @Test("a silent child that says more than a pipe holds is held up by nobody, and its first words are kept")
  func longErrors() throws {
    let script = "head -c 300000 /dev/zero | tr '\\0' x >&2; exit 7"
    let run = try ChildProcess.run(["-c", script], program: "/bin/sh", isSilent: true)
    guard case .exit(7) = run.outcome else {
      Issue.record("\(run.outcome)")
      return
    }
    #expect(run.word == nil)
    #expect((1...300_000).contains(run.said.utf8.count) && run.said.hasPrefix("xxx"))
  }
}
