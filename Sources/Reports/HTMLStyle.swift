/// The style sheet of the HTML report: two colour schemes, one column on phones, no web fonts.
package enum HTMLStyle {
  package static let sheet = colours + text + tables + figures + print

  private static let colours = """
    :root{color-scheme:light dark;--page:#f5f6f7;--card:#ffffff;--ink:#1a1f24;--muted:#5f6972;
    --line:#dfe3e6;--grid:#e6e9ec;--heat-0:#f3f5f7;--heat-1:#2563a8;--good:#1b7a4b;--good-bg:#e5f3ea;--warn:#8a5a00;
    --warn-bg:#fbf0d9;--bad:#b3261e;--bad-bg:#fbe6e4;--note:#4b5660;--note-bg:#eceff1;
    --series-1:#2563a8;--series-2:#c2621b;--series-3:#1d8068;--series-4:#7b52ab;
    --series-5:#b23a48;--series-6:#59646e}
    @media(prefers-color-scheme:dark){:root{--page:#111416;--card:#191d20;--ink:#e8ebed;
    --muted:#9ba5ad;--line:#2d3338;--grid:#2a3035;--heat-0:#21262a;--heat-1:#2f6db5;--good:#6fcf97;--good-bg:#173124;
    --warn:#e5b454;--warn-bg:#352a13;--bad:#f28b82;--bad-bg:#3c1d1b;--note:#aab4bc;
    --note-bg:#262c30;--series-1:#6aa7e8;--series-2:#eb9a5b;--series-3:#55bd9f;
    --series-4:#b392dd;--series-5:#e77f8b;--series-6:#a3adb5}}

    """

  private static let text = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 Inter,ui-sans-serif,
    system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif}
    main,header,footer{max-width:1120px;margin:0 auto;padding:0 32px}
    header{padding-top:36px}
    .brand{margin:0 0 20px;font-size:13px;font-weight:600;letter-spacing:.02em;color:var(--muted)}
    h1{margin:0;font-size:32px;line-height:1.2;font-weight:650;letter-spacing:-.018em;
    overflow-wrap:anywhere}
    h2{margin:52px 0 16px;font-size:20px;line-height:1.3;font-weight:650;letter-spacing:-.008em}
    h3{margin:0 0 2px;font-size:16px;font-weight:600}
    p{margin:0 0 12px}
    code{font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
    .meta{margin:10px 0 0;color:var(--muted);font-size:14px}
    .meta span{white-space:nowrap;margin-right:18px}
    .lead{color:var(--muted);max-width:72ch;font-size:15px}
    .verdict{margin:28px 0 0;padding:26px 28px 24px;background:var(--card);border:1px solid
    var(--line);border-top:4px solid var(--tone);border-radius:6px}
    .verdict p.say{margin:0;font-size:24px;line-height:1.3;font-weight:650;letter-spacing:-.012em;
    color:var(--tone)}
    .verdict .why{margin:6px 0 0;color:var(--muted);font-size:15px}
    .figures{display:flex;flex-wrap:wrap;gap:22px 56px;margin:24px 0 0}
    .figures dt{font-size:14px;color:var(--muted)}
    .figures dd{margin:0;font-size:34px;line-height:1.2;font-weight:600;letter-spacing:-.02em;
    font-variant-numeric:tabular-nums}
    .figures dd small{display:block;margin-top:2px;font-size:14px;font-weight:400;
    letter-spacing:0;color:var(--muted)}
    .tone-pass{--tone:var(--good);--tone-bg:var(--good-bg)}
    .tone-warn{--tone:var(--warn);--tone-bg:var(--warn-bg)}
    .tone-fail{--tone:var(--bad);--tone-bg:var(--bad-bg)}
    .tone-info{--tone:var(--note);--tone-bg:var(--note-bg)}
    .badge{display:inline-block;min-width:52px;padding:2px 10px;border-radius:4px;font-size:13px;
    line-height:1.5;font-weight:600;text-align:center;background:var(--tone-bg);color:var(--tone)}
    footer{margin-top:56px;padding-top:18px;padding-bottom:44px;color:var(--muted);font-size:13px}

    """

  private static let tables = """
    .card{background:var(--card);border:1px solid var(--line);border-radius:6px}
    table{border-collapse:collapse;width:100%;font-size:15px;font-variant-numeric:tabular-nums}
    caption{text-align:left;color:var(--muted);font-size:13px;padding:0 0 6px}
    th{text-align:left;font-size:13px;font-weight:600;color:var(--muted);vertical-align:bottom}
    th,td{padding:10px 14px;border-bottom:1px solid var(--line)}
    td,tbody th{vertical-align:top}
    tbody th{color:var(--ink);font-size:15px}
    tbody tr:last-child>*{border-bottom:0}
    .right{text-align:right;white-space:nowrap}
    .card>table th:first-child,.card>table td:first-child{padding-left:20px}
    .card>table th:last-child,.card>table td:last-child{padding-right:20px}
    .findings th small{display:block;font-weight:400;font-size:14px;color:var(--muted);
    max-width:62ch;margin-top:1px}
    .findings th code{display:block;font-weight:400;color:var(--muted);margin-top:3px;
    font-size:12px;overflow-wrap:anywhere}
    .findings .value{font-weight:600;white-space:normal;min-width:7em}
    .findings thead th:first-child{width:46%}
    .range{display:block;width:112px;height:14px;margin:5px 0 0 auto}
    .settings td:first-child{width:44%}
    .settings td{overflow-wrap:anywhere;padding:6px 14px;font-size:14px}
    .scroll{overflow-x:auto;max-height:420px;overflow-y:auto}
    details{font-size:14px}
    summary{cursor:pointer;color:var(--muted);font-size:13px;padding:2px 0}
    summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--series-1);
    outline-offset:2px}
    details table{font-size:13px;margin-top:6px}
    details th,details td,details tbody th{padding:4px 10px;font-size:13px}
    details tbody th{font-weight:400}
    .others{margin-top:14px}
    .others>summary{font-size:15px}
    .others>.card{margin-top:10px}
    .others table{margin-top:0}
    .others th,.others td{padding:8px 14px}
    .results{padding:4px 0 0}
    .results .scroll{max-height:none}
    .results th,.results td{white-space:nowrap}
    .results tbody :is(th,td):first-child{white-space:normal;min-width:170px;max-width:300px}
    .results thead th{white-space:normal}
    .results+.results,.notes+.results{margin-top:20px}
    .results th:first-child,.results td:first-child{padding-left:20px}
    .results th:last-child,.results td:last-child{padding-right:20px}
    .results .caption{margin:0;padding:10px 20px 14px;border-top:1px solid var(--line);
    color:var(--muted);font-size:13px}
    .results+.plots{margin-top:20px}
    .opening{margin:24px 0 0}
    .notes{margin:0;padding-left:20px;max-width:84ch}
    .notes li{margin:0 0 8px}
    pre.card{margin:0;padding:16px 20px;overflow-x:auto}
    .split{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:20px;
    align-items:start}
    @media(max-width:720px){main,header,footer{padding-left:16px;padding-right:16px}
    header{padding-top:24px}h1{font-size:26px}h2{margin-top:40px}
    .verdict{padding:20px 18px}.verdict p.say{font-size:20px}.figures{gap:18px 32px}
    .figures dd{font-size:28px}
    .stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    .stack,.stack tbody{display:block}
    .stack tr{display:grid;grid-template-columns:1fr auto;gap:2px 12px;padding:14px 16px;
    border-bottom:1px solid var(--line)}
    .stack tr:last-child{border-bottom:0}
    .stack th,.stack td,.card>.stack td:first-child,.card>.stack th:first-child,
    .card>.stack td:last-child,.card>.stack th:last-child{padding:0;border:0}
    .stack tbody th,.stack .wide{grid-column:1/-1}
    .stack td.right{text-align:left}
    .stack td[data-label]::before{content:attr(data-label) " ";color:var(--muted);
    font-weight:400;font-size:13px}
    .stack td:empty{display:none}.stack .interval{grid-column:1/-1}.stack .range{display:none}
    .stack td{order:4}.stack .value{order:1}.stack .badge-cell{order:2}.stack .interval{order:3}
    .stack td.badge-cell.wide{margin:4px 0}}

    """

  private static let figures = """
    .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:20px}
    .plots .whole{grid-column:1/-1}
    .slides svg.wide{max-width:520px}
    figure{margin:0;padding:18px 20px 14px;min-width:0}
    svg.wide,svg.narrow{display:block;width:100%;height:auto}
    svg.narrow{display:none}
    figcaption p{margin:0 0 12px;color:var(--muted);font-size:14px}
    .square svg.wide{max-width:520px;margin:0 auto}
    @media(max-width:520px){figure{padding:16px 14px 12px}svg.wide{display:none}
    svg.narrow{display:block}}
    .drawn svg.wide,.drawn svg.narrow{display:none}
    .plotly-target[hidden]{display:none}
    [data-figure]{overflow:hidden}
    .strips{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));
    gap:20px}
    .strip .panels{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);gap:12px}
    .strip img{display:block;width:100%;height:auto;image-rendering:pixelated;background:
    var(--heat-0);border-radius:3px}
    .strip .panels span{display:block;margin-top:6px;font-size:13px;line-height:1.35;
    color:var(--muted);overflow-wrap:anywhere}
    .strip figcaption{margin-bottom:10px;font-size:15px;font-weight:600}

    """

  private static let print = """
    @media print{body{background:#fff}.card,.verdict{break-inside:avoid}
    main,header,footer{max-width:none}.scroll{max-height:none}}
    """
}
