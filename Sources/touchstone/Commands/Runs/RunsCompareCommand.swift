import ArgumentParser
import Foundation
import Runs

import struct Reports.TextTable

struct RunsCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compares runs with the first one, or groups of runs with the first group.",
    discussion: """
      Single runs are compared example by example (McNemar's exact test) where they were judged on
      the same examples; groups by their means over runs: seed by seed where they have the same
      seeds (paired t test), else by Welch's test. P values are corrected for all comparisons (Holm).

      EXAMPLES
        touchstone runs compare 62ed33c8 9a58651b
        touchstone runs compare --sweep 1f00ba42 --by variant
      """)

  @Argument(help: "The ids of runs, or their beginnings; the first is the baseline.")
  var ids: [String] = []

  @OptionGroup var filter: RunFilter
  @OptionGroup var store: StoreOptions

  @Option(help: "Groups finished runs by variant, recipe, profile or kind.")
  var by: RunGrouping?

  @Option(help: "The group that the others are compared with; the first recorded by default.")
  var baseline: String?

  @Flag(help: "Print comma-separated values.")
  var csv = false

  func validate() throws {
    if ids.isEmpty, by == nil { throw ValidationError("give ids of runs, or a group with --by") }
    if !ids.isEmpty, by != nil { throw ValidationError("give ids of runs or --by, not both") }
  }

  func run() throws {
    let store = try store.open(for: .reading)
    let comparison =
      if let by {
        try GroupComparison(
          of: filter.query(), by: by, baseline: baseline, in: store
        ).table
      } else {
        try RunComparison(of: ids.map { try store.run($0) }, in: store).table
      }
    print(csv ? comparison.csv() : comparison.text(), terminator: "")
  }
}

extension RunGrouping: ExpressibleByArgument {}
