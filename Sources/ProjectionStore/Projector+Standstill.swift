import EventStore
import FoundationEssentials
import LMDB
import Primitives
import Projections
import Rollup

/// The record at which a projection stands still: no run of this program comes past it, a rebuild neither. It lies beside
/// `CURRENT`, so that who looks at the versions does not take it for one that is only behind.
package struct Standstill: Codable, Equatable, Sendable {
  /// Of the fold that stopped there.
  package let schemaVersion: UInt32

  /// Whether the record is one of the testimony, and not of the ledger.
  package let isTestimony: Bool

  package let position: UInt64

  /// The record's kind, by its name.
  package let kind: String

  /// Why it cannot be folded, and what to do, for people.
  package let text: String

  init(_ error: ProjectionError, at place: ProjectionError.Place, schemaVersion: UInt32) {
    self.schemaVersion = schemaVersion
    isTestimony = place.kind.isTestimony
    position = place.position.rawValue
    kind = "\(place.kind)"
    text = "\(error)"
  }

  /// Whether what has come as far as `cursor` has come past the record.
  func isBehind(_ cursor: ProjectionCursor) -> Bool {
    position < (isTestimony ? cursor.extent.testimony : cursor.nextPosition)
  }
}

extension Projector {
  /// Notes the record at which `body` stops the run, and forgets one that the run has come past. The caller may write to the
  /// live version.
  func noting(_ run: FoldRun<P>, _ body: () throws(ProjectionError) -> Void) throws(ProjectionError) {
    do throws(ProjectionError) { try body() } catch {
      note(error)
      if error.impossibleRecord == nil { forgetStandstill(behind: run.cursor) }
      throw error
    }
    forgetStandstill(behind: run.cursor)
  }

  /// Notes the record at which `body` stops a run that makes a version beside the live one. Whoever writes to that one just
  /// then comes to the record too.
  func notingStandstill(_ body: () throws(ProjectionError) -> Void) throws(ProjectionError) {
    do throws(ProjectionError) { try body() } catch {
      if error.impossibleRecord != nil, let lock = try? ProjectionError.lock(versions.directory, .writer) {
        note(error)
        _ = consume lock
      }
      throw error
    }
  }

  /// The record at which a version at `cursor` stands still, as far as that was noted: not one that it has come past, or that
  /// L1 has left since.
  func standstill(of cursor: ProjectionCursor?) throws(ProjectionError) -> Standstill? {
    guard let standstill = notedStandstill, standstill.schemaVersion == P.schemaVersion,
      !(cursor.map(standstill.isBehind) ?? false)
    else { return nil }
    guard P.readMode == .canonical, !standstill.isTestimony else { return standstill }
    let revoked: Revocations
    do { revoked = try log.currentRevocations() } catch { throw .log(error) }
    let position = standstill.position
    return revoked.kept(of: position..<position + 1).isEmpty ? nil : standstill
  }

  private var notedStandstill: Standstill? {
    guard let bytes = try? Files.read(versions.standstillFile, limit: 1 << 16) else { return nil }
    return try? JSONDecoder().decode(Standstill.self, from: Data(bytes))
  }

  /// What cannot be noted is no reason for anything else to fail: the error itself is thrown.
  private func note(_ error: ProjectionError) {
    guard let place = error.impossibleRecord, place.projection == P.name else { return }
    let standstill = Standstill(error, at: place, schemaVersion: P.schemaVersion)
    guard standstill != notedStandstill else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(standstill) else { return }
    try? Files.replace(versions.standstillFile, with: Array(data) + [0x0A])
  }

  private func forgetStandstill(behind cursor: ProjectionCursor) {
    guard let standstill = notedStandstill, standstill.isBehind(cursor) else { return }
    try? Files.remove(versions.standstillFile)
  }
}
