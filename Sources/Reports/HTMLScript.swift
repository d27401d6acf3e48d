import Foundation

/// The scripts of the HTML report. Without them the page shows the same plots as SVG.
enum HTMLScript {
  /// Puts a plotly figure over each drawing, in the colours of the current scheme.
  static let page = """
    (function () {
      if (!window.Plotly) return;
      var dark = window.matchMedia("(prefers-color-scheme: dark)");
      function colour(name) {
        var parts = name.split("/");
        var hex = getComputedStyle(document.documentElement).getPropertyValue(parts[0]).trim();
        if (parts.length < 2) return hex;
        var value = parseInt(hex.slice(1), 16);
        return "rgba(" + [value >> 16, (value >> 8) & 255, value & 255, parts[1]].join(",") + ")";
      }
      function painted(node, key) {
        if (key === "name" || key === "text" || key === "ticktext") return node;
        if (typeof node === "string") return node.slice(0, 2) === "--" ? colour(node) : node;
        if (Array.isArray(node)) return node.map(function (item) { return painted(item); });
        if (node && typeof node === "object") {
          var copy = {};
          Object.keys(node).forEach(function (key) { copy[key] = painted(node[key], key); });
          return copy;
        }
        return node;
      }
      function draw() {
        document.querySelectorAll("[data-figure]").forEach(function (box) {
          var source = box.querySelector("script");
          var target = box.querySelector(".plotly-target");
          var figure = painted(JSON.parse(source.textContent));
          figure.layout.font.family = getComputedStyle(document.body).fontFamily;
          figure.layout.width = box.clientWidth;
          if (!figure.layout.height) {
            figure.layout.height = box.classList.contains("square") ? 430 : 330;
            // As wide as high, up to what a screen shows at once.
            if (box.classList.contains("plane")) {
              figure.layout.height = Math.max(430, Math.min(640, box.clientWidth));
            }
          }
          target.hidden = false;
          try {
            Plotly.react(target, {
              data: figure.data, layout: figure.layout, frames: figure.frames,
              config: { displaylogo: false, displayModeBar: false, scrollZoom: false }
            });
            box.classList.add("drawn");
          } catch (error) {
            target.hidden = true;
            box.classList.remove("drawn");
          }
        });
      }
      draw();
      if (window.ResizeObserver) {
        var observer = new ResizeObserver(function (entries) {
          entries.forEach(function (entry) {
            var target = entry.target.querySelector(".plotly-target");
            if (!target.hidden && entry.contentRect.width > 0) {
              Plotly.relayout(target, { width: entry.contentRect.width });
            }
          });
        });
        document.querySelectorAll("[data-figure].drawn").forEach(function (box) {
          observer.observe(box);
        });
      }
      if (dark.addEventListener) dark.addEventListener("change", draw);
    })();
    """

  /// A script's text that cannot end its element early.
  static func inlined(_ script: String) -> HTML {
    let safe =
      script
      .replacingOccurrences(of: "</script", with: "<\\/script", options: .caseInsensitive)
      .replacingOccurrences(of: "<!--", with: "<\\!--")
    return HTML(raw: "<script>\(safe)</script>\n")
  }

  /// Data for a script, with every "<" written so that no element can begin or end.
  static func inlined(_ value: JSONValue) -> HTML {
    let text = value.text().replacingOccurrences(of: "<", with: "\\u003c")
    return HTML(raw: "<script type=\"application/json\">\(text)</script>")
  }
}
