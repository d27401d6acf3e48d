import Foundation

import struct Reports.TextTable

/// What was measured, and what the cost model makes of it.
struct ScalingTable {
  /// What so many processes took.
  struct Row {
    let processes: Int
    /// Together.
    let measured: SharedWork.Measured
    /// Beside one another, each with its part of the batch and no exchange: what the machine lets them have.
    let apart: SharedWork.Measured
  }

  let rows: [Row]
  let work: SharedWork

  func print() {
    let alone = rows[0].measured
    Swift.print(
      """
      small-vgg, width \(SharedWork.width), \(SharedWork.side) x \(SharedWork.side) pixels: \
      \(SharedWork.weights) weights, \(text(SharedWork.forwardOperations / 1e6)) MFLOP an image and forward pass
      small-cnn, width \(SharedWork.plainWidth), without batch normalisation: \(SharedWork.plainWeights) weights
      batches of \(work.batchSize) images, \(work.steps) steps; PGD with \(SharedWork.attackSteps) steps on \
      \(SharedWork.attacked) images; one thread a process, medians of three runs
      """)
    var table = TextTable([
      .init("processes", .trailing), .init("small-cnn, ms", .trailing),
      .init("efficiency", .trailing), .init("apart, ms", .trailing),
      .init("small-vgg, ms", .trailing), .init("efficiency", .trailing),
      .init("apart, ms", .trailing), .init("its sum, ms", .trailing),
      .init("PGD, s", .trailing), .init("efficiency", .trailing),
    ])
    for row in rows {
      let (count, measured) = (row.processes, row.measured)
      func efficiency(_ value: (SharedWork.Measured) -> Double) -> String {
        percent(value(alone) / value(measured) / Double(count))
      }
      table.append([
        "\(count)", text(measured.plain * 1e3), efficiency(\.plain),
        text(row.apart.plain * 1e3), text(measured.step * 1e3), efficiency(\.step),
        text(row.apart.step * 1e3), text(measured.exchange * 1e3), text(measured.attack),
        efficiency(\.attack),
      ])
    }
    Swift.print(table.text())
    let rate = SharedWork.forwardOperations / alone.forward
    Swift.print(
      """
      one core: \(text(rate / 1e9)) GFLOP/s forward; the gradient with respect to an image costs \
      \(text(alone.backward / alone.forward)) forward passes
      """)
    let last = rows[rows.count - 1]
    predict(
      rate: rate, backward: alone.backward / alone.forward,
      efficiency: alone.attack / last.measured.attack / Double(last.processes))
  }

  /// Hours of audits of a ResNet-50 on the validation images of ImageNet, with this core's speed.
  private func predict(rate: Double, backward: Double, efficiency: Double) {
    // 4.1 giga multiply-adds a 224 x 224 image (He et al., "Deep residual learning", CVPR 2016, count 3.8 without the
    // first and last layers' details; torchvision counts 4.09).
    let forward = 2 * 4.09e9
    let images = 50_000.0
    let machines = [1, 4, 16, 64]
    var table = TextTable(
      [.init("forecast: 50 000 images, ResNet-50"), .init("PFLOP", .trailing)]
        + machines.map { .init("\($0) x 32 cores", .trailing) })
    let attacks: [(String, Double, Double)] = [
      ("predictions", 1, 0), ("PGD, 40 steps", 41, 40), ("APGD-CE, 100 steps", 101, 100),
      ("AutoAttack standard, none broken", 101 + 901 + 901 + 5000, 100 + 900 + 900),
    ]
    for (name, forwards, backwards) in attacks {
      let operations = images * forward * (forwards + backwards * backward)
      table.append(
        [name, text(operations / 1e15)]
          + machines.map { count in
            "\(text(operations / (rate * efficiency * 32 * Double(count)) / 3600)) h"
          })
    }
    Swift.print(table.text())
  }

  private func text(_ value: Double) -> String { String(format: "%.3g", value) }
  private func percent(_ value: Double) -> String { String(format: "%.0f %%", value * 100) }
}
