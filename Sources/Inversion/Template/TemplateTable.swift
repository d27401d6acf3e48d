import Datasets
import Torch

/// The templates of a data set, found by the examples of a batch.
package struct TemplateTable: Sendable {
  /// One row an example of the data, `[N, D]`.
  package let templates: Tensor
  private let rows: [Int: Int]

  /// The templates of all images of a set.
  ///
  /// - Throws: ``InversionError`` for templates that cannot be used, what the encoder throws.
  package init(of data: Dataset, by encoder: any TemplateEncoder) throws {
    templates = try encoder.checkedTemplates(of: TemplateData.images(of: data))
    rows = Dictionary(
      zip(data.sourceIndices, 0...), uniquingKeysWith: { first, _ in first })
  }

  /// The templates of a batch, `[N, D]`.
  package func callAsFunction(_ batch: Batch) -> Tensor {
    templates.selecting(rows: batch.indices.map { rows[$0] ?? 0 })
  }
}
