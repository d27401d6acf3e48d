import Reports
import Training

extension PrivacyGuarantee {
  /// ε as a finding of a run: no estimate, but a bound that was computed.
  func finding() throws -> Finding {
    try Finding(
      id: "privacy.epsilon", title: "Privacy loss of DP-SGD", value: epsilon, interval: nil,
      unit: "nats", better: .lower,
      detail: epsilon.map { _ in
        """
        At delta \(delta), of one image that is there or not: \(steps) steps of sampling rate \
        \(NumberText.short(rate, digits: 4)), noise \(noise), clipped to \(clip); Renyi divergence of order \
        \(order ?? .nan).
        """
      } ?? "No noise is added, so nothing is guaranteed.")
  }
}
