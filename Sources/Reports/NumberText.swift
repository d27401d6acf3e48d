import Foundation

/// How numbers are written for people; files for programs keep every digit instead.
package enum NumberText {
  /// At most `digits` significant digits, without trailing zeros: `0.1`, `12.35`, `1.5e-07`.
  package static func short(_ value: Double, digits: Int = 4) -> String {
    if value.isNaN { return "n/a" }
    if value.isInfinite { return value < 0 ? "-∞" : "∞" }
    // Whole numbers, such as counts, as they are.
    if value == value.rounded(), abs(value) < 1e6 { return "\(Int(value))" }
    return String(format: "%.\(digits)g", value)
  }

  /// A share in percent with a fixed number of decimals: `43.2%`.
  package static func percent(_ value: Double, decimals: Int = 1) -> String {
    guard value.isFinite else { return short(value) }
    return String(format: "%.\(decimals)f%%", value * 100)
  }

  /// A value with its unit; `Finding.rate` in percent.
  package static func measure(_ value: Double?, unit: String, decimals: Int = 1) -> String {
    guard let value else { return "n/a" }
    if unit == Finding.rate { return percent(value, decimals: decimals) }
    return unit.isEmpty ? short(value) : "\(short(value)) \(unit)"
  }

  /// A duration: `8.3 s`, `2 min 05 s`, `1 h 04 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return short(seconds) + " s" }
    if seconds < 10 { return String(format: "%.1f s", seconds) }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return String(format: "%d min %02d s", whole / 60, whole % 60) }
    return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60)
  }

  /// `2027-01-15 08:00:00`, in universal time; by hand, since Foundation's formatters take longer to
  /// start than everything else that a list of runs does.
  package static func time(_ date: Date) -> String {
    var seconds = time_t(date.timeIntervalSince1970)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return String(
      format: "%04d-%02d-%02d %02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
      parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec)
  }

  /// A p value: `0.034`, `< 0.001`, `1`.
  package static func pValue(_ value: Double) -> String {
    guard value.isFinite else { return short(value) }
    if value < 0.001 { return "< 0.001" }
    return value < 0.1 ? String(format: "%.3f", value) : String(format: "%.2f", value)
  }
}
