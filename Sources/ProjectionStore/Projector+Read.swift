import LMDB
import Primitives
package import Projections

extension Projector {
  /// Lends the rows of the live version to `body`, in one snapshot, and where the version stood just before it. What `body`
  /// cannot read is damage of the version.
  package func read<R>(
    _ body: (ProjectionView, ProjectionCursor) throws(FoldError) -> R
  ) throws(ProjectionError) -> R {
    let version = try openLive(.readOnly)
    let cursor = try version.cursor() ?? .start
    return try version.read { store throws(ProjectionError) in
      do throws(FoldError) {
        return try body(ProjectionView(batch: WriteBatch(), over: store), cursor)
      } catch { throw .damaged(version.directory, "\(error)") }
    }
  }
}
