extension Report {
  /// The files of a report folder: `report.json`, `report.html`, `report.md` and the samples.
  ///
  /// - Parameters:
  ///   - samples: one row per example; without it there is no such file.
  ///   - plotlyPath: where `plotly.min.js` lies, for interactive plots.
  /// - Throws: `BitmapError` for a picture that cannot be encoded.
  public func files(
    samples table: SampleTable? = nil, plotlyPath: String? = nil
  ) throws(BitmapError) -> [ReportFolder.File] {
    var files: [ReportFolder.File] = []
    if let table { files.append(ReportFolder.File(samples, table.csv())) }
    files.append(ReportFolder.File("report.md", MarkdownReport(self).text()))
    files.append(
      ReportFolder.File("report.html", try HTMLReport(self, plotlyPath: plotlyPath).text()))
    // Last, because scripts take it for the sign that all is there.
    files.append(ReportFolder.File("report.json", jsonData()))
    return files
  }
}
