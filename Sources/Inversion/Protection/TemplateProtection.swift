import Torch

/// A change of templates before they are stored, after which they can still be compared: a defence whose
/// price in recognition and whose gain against reconstruction are to be measured together.
public protocol TemplateProtection: Sendable {
  /// What it is, with its settings.
  var name: String { get }
  /// The width of what it takes; `nil` for any.
  var inputWidth: Int? { get }
  /// The width of what comes out of templates of some width.
  func outputWidth(of width: Int) -> Int
  /// Protected templates `[N, M]` of templates `[N, D]`.
  func protect(_ templates: Tensor) -> Tensor
}
