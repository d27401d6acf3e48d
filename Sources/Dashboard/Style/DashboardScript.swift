/// The only script of the dashboard: it replaces the figures of a run that goes on, shows the values of curves
/// under a pointer, and takes the token out of the address line once the cookie has it. Everything else works
/// without it.
enum DashboardScript {
  static let text = """
    (function () {
      "use strict";
      var address = new URL(location.href);
      if (address.searchParams.has("token")) {
        address.searchParams.delete("token");
        history.replaceState(null, "", address);
      }
      var readout = null;
      function hide() {
        if (readout) readout.forEach(function (part) { part.remove(); });
        readout = null;
      }
      function nearest(points, step) {
        return points.reduce(function (best, point) {
          return best && Math.abs(best[0] - step) <= Math.abs(point[0] - step) ? best : point;
        }, null);
      }
      function draw(svg, curves, step, scale) {
        var near = curves.map(function (curve) { return nearest(curve[1], step); });
        var first = nearest(near.filter(Boolean), step);
        if (!first) return;
        var share = (first[0] - scale[2]) / (scale[3] - scale[2]);
        var x = scale[0] + share * (scale[1] - scale[0]);
        var line = document.createElementNS("http://www.w3.org/2000/svg", "line");
        var size = svg.viewBox.baseVal;
        [["x1", x], ["x2", x], ["y1", 0], ["y2", size.height - 46], ["class", "pointer"]]
          .forEach(function (pair) { line.setAttribute(pair[0], pair[1]); });
        var box = document.createElement("div");
        box.className = "readout";
        box.textContent = "step " + first[0];
        near.forEach(function (point, index) {
          if (!point) return;
          var row = document.createElement("div");
          var name = curves[index][0];
          row.textContent = (name ? name + ": " : "") + point[1];
          box.append(row);
        });
        var isRight = x > size.width / 2;
        box.style[isRight ? "right" : "left"] =
          (isRight ? 1 - x / size.width : x / size.width) * 100 + "%";
        svg.append(line);
        svg.parentNode.append(box);
        readout = [line, box];
      }
      addEventListener("pointermove", function (event) {
        hide();
        var svg = event.target.closest && event.target.closest("figure[data-values] svg[data-x]");
        var matrix = svg && svg.getScreenCTM();
        if (!matrix) return;
        var scale = svg.dataset.x.split(" ").map(Number);
        var share = ((event.clientX - matrix.e) / matrix.a - scale[0]) / (scale[1] - scale[0]);
        if (share < -0.02 || share > 1.02) return;
        var curves = JSON.parse(svg.closest("figure").dataset.values);
        draw(svg, curves, scale[2] + share * (scale[3] - scale[2]), scale);
      });
      var box = document.getElementById("figures");
      if (!box || !box.dataset.events || !window.EventSource) return;
      function parsed(text) {
        var page = new DOMParser().parseFromString(text, "text/html");
        return document.importNode(page.querySelector("figure"), true);
      }
      function known() {
        var all = {};
        box.querySelectorAll("figure[data-curve]").forEach(function (figure) {
          all[figure.dataset.curve] = figure;
        });
        return all;
      }
      function show(news) {
        var step = document.getElementById("step");
        if (step && news.step !== null) step.textContent = news.step;
        var before = known();
        news.figures.forEach(function (figure) {
          var made = parsed(figure.html);
          var old = before[figure.name];
          if (old) {
            old.replaceWith(made);
          } else {
            var place = figure.main ? null : box.querySelector("[data-others]");
            (place || box.querySelector("[data-main]")).append(made);
          }
        });
      }
      var source = new EventSource(box.dataset.events);
      source.addEventListener("curves", function (event) { show(JSON.parse(event.data)); });
      source.addEventListener("end", function () {
        source.close();
        location.reload();
      });
      addEventListener("pagehide", function () { source.close(); });
    })();

    """
}
