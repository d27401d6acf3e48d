extension TensorBoardEvents {
  /// Writes the settings of this run for TensorBoard's table of hyper-parameters, one row a folder.
  ///
  /// Without metrics the table shows every setting of every run beside every scalar. With them it shows
  /// those alone, but then TensorBoard takes the columns from one of the runs: all runs below the
  /// folder that it is started on should have the same settings and metrics. The table fails for
  /// metrics whose steps do not fit 32 bits.
  ///
  /// The messages are those of TensorBoard's hparams plugin (tensorboard/plugins/hparams/api.proto and
  /// plugin_data.proto).
  ///
  /// - Parameters:
  ///   - values: the settings by name; of two with one name the last counts.
  ///   - metrics: the tags of the scalars to be shown beside them.
  /// - Throws: `WriteError`.
  public func hyperparameters(
    _ values: [(name: String, value: HyperparameterValue)], metrics: [String]
  ) throws(WriteError) {
    let settings = Dictionary(values.map { ($0.name, $0.value) }) { $1 }
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var events: [[UInt8]] = []
    if !metrics.isEmpty {
      events.append(
        event("_hparams_/experiment") { data in
          data.message(2) { experiment in
            for (name, value) in settings {
              experiment.message(4) {
                $0.string(1, name)
                $0.varint(4, value.type)
              }
            }
            for tag in metrics { experiment.message(5) { $0.message(1) { $0.string(2, tag) } } }
          }
        })
    }
    let started = now
    events.append(
      event("_hparams_/session_start_info") { data in
        data.message(3) { session in
          for (name, value) in settings {
            session.message(1) { entry in
              entry.string(1, name)
              entry.message(2) { value.write(to: &$0) }
            }
          }
          session.double(5, started)
        }
      })
    try write(events)
  }

  private func event(_ tag: String, _ data: (inout ProtobufWriter) -> Void) -> [UInt8] {
    summary(step: 0) { summary in
      summary.message(1) { value in
        value.string(1, tag)
        // The content is in the metadata; the value is an empty tensor of numbers.
        value.message(8) { tensor in
          tensor.varint(1, 1)
          tensor.message(2) { $0.message(2) { _ in } }
        }
        value.message(9) { metadata in
          metadata.message(1) { plugin in
            plugin.string(1, "hparams")
            plugin.message(2, data)
          }
        }
      }
    }
  }
}
