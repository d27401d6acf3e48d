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

  /// A script's text that cannot end its element early: `</script` and `<!--` get a backslash after their first
  /// character, which changes nothing inside of the strings where a script has them.
  static func inlined(_ script: String) -> HTML {
    var script = script
    // By bytes, as plotly.js has millions of them and stands in every page.
    let safe = script.withUTF8 { bytes in
      var safe: [UInt8] = []
      safe.reserveCapacity(bytes.count + 16)
      var rest = UnsafeRawBufferPointer(bytes)
      while let place = offset(of: UInt8(ascii: "<"), in: rest) {
        safe.append(contentsOf: rest[...place])
        rest = UnsafeRawBufferPointer(rebasing: rest[(place + 1)...])
        if endsElement(rest) { safe.append(UInt8(ascii: "\\")) }
      }
      safe.append(contentsOf: rest)
      return String(decoding: safe, as: UTF8.self)
    }
    return HTML(raw: "<script>\(safe)</script>\n")
  }

  private static func offset(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, let found = memchr(base, Int32(byte), bytes.count) else {
      return nil
    }
    return UnsafeRawPointer(found) - base
  }

  /// Whether what follows a "<" makes the end of a script of it, or the beginning of a comment (HTML, section 4.12.1.3).
  private static func endsElement(_ rest: UnsafeRawBufferPointer) -> Bool {
    let start = rest.prefix(7)
    return start.starts(with: Array("!--".utf8))
      || String(decoding: start, as: UTF8.self).lowercased() == "/script"
  }

  /// Data for a script, with every "<" written so that no element can begin or end.
  static func inlined(_ value: JSONValue) -> HTML {
    let text = value.text().replacingOccurrences(of: "<", with: "\\u003c")
    return HTML(raw: "<script type=\"application/json\">\(text)</script>")
  }
}
