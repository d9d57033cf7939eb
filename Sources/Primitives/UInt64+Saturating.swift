extension UInt64 {
  /// The sum, or the greatest number there is.
  package func saturatingSum(_ other: UInt64) -> UInt64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }

  /// The difference, or zero.
  package func saturatingDifference(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}
