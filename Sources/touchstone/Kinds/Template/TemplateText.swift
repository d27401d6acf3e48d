import Inversion
import Reports
import Statistics

/// Numbers with their intervals in tables about templates.
enum TemplateText {
  /// A mean over people.
  static func number(_ mean: IdentityMean?) -> String {
    mean.map { number($0.value, $0.interval) } ?? ""
  }

  /// A number with three digits.
  static func number(_ value: Double, _ interval: Interval) -> String {
    let parts = [value, interval.low, interval.high].map { NumberText.short($0, digits: 3) }
    return "\(parts[0]) (\(parts[1]) to \(parts[2]))"
  }

  /// A rate over people in percent, or a difference of rates in points of percent.
  static func share(_ mean: IdentityMean?) -> String {
    mean.map { share($0.value, $0.interval) } ?? ""
  }

  /// A share with its interval, in percent.
  static func share(_ value: Double, _ interval: Interval) -> String {
    let parts = [value, interval.low, interval.high].map { NumberText.percent($0).dropLast() }
    return "\(parts[0]) (\(parts[1]) to \(parts[2])) %"
  }
}
