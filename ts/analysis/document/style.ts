/** The report's whole style: one column, system fonts, light and dark by the reader's setting, and print. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1f2328;--quiet:#59636e;--surface:#fff;--raised:#f6f8fa;--line:#d1d9e0;--accent:#0072b2;
--right:#00614a;--wrong:#a34700;--gain:#0064a0;--loss:#a34700;--warn-bg:#fff1e5;--note-bg:#eef1f4;--fine-bg:#e3f4ee}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--quiet:#9ea9b5;--surface:#0d1117;--raised:#161b22;--line:#30363d;--accent:#56b4e9;
--right:#3fc79a;--wrong:#f0923b;--gain:#6bbcf0;--loss:#f0923b;--warn-bg:#3a2412;--note-bg:#22272e;--fine-bg:#0f2d25}}
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main,header,footer{max-width:1360px;margin:0 auto;padding:0 24px}
header{padding-top:40px}footer{padding-bottom:48px;color:var(--quiet);font-size:.875rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 4px;text-wrap:balance}
h2{font-size:1.4rem;margin:48px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--line)}
h3{font-size:1.05rem;margin:24px 0 8px}
p,li,dd,figcaption{max-width:78ch}
.lead{font-size:1.075rem}.quiet,.note,figcaption,caption{color:var(--quiet)}
.note,figcaption{font-size:.875rem}
nav ol{display:flex;flex-wrap:wrap;gap:4px 22px;padding:0;margin:20px 0 0;list-style:none}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;margin:8px 0 16px}
caption{text-align:left;padding:4px 0 8px;max-width:100ch}
th,td{padding:7px 10px;border-bottom:1px solid var(--line);vertical-align:top;text-align:right}
th[scope=row],.text,th:first-child{text-align:left}
thead th{vertical-align:bottom;font-weight:600}
th[scope=colgroup]{text-align:center;border-left:1px solid var(--line);background:var(--raised)}
tbody tr:hover{background:var(--raised)}
.results th[scope=row]{position:sticky;left:0;background:var(--surface);min-width:8.5em;z-index:1}
.results thead tr:last-child th:first-child{position:sticky;left:0;background:var(--surface);z-index:1}
.results td small,.paper small{display:block;color:var(--quiet);white-space:nowrap}
.results th,.results td{padding:7px 8px}
.results thead tr:nth-child(2) th{max-width:7.2em}
.results .baseline td,.results .baseline th{background:var(--raised)}
td.gain>b,td.gain small.difference{color:var(--gain)}td.loss>b,td.loss small.difference{color:var(--loss)}td.unclear>b,td.unclear small.difference{color:var(--quiet);font-weight:400}
.results thead small{display:block;color:var(--quiet);font-weight:400}
.results td small.difference{color:var(--ink);margin-top:3px;font-weight:600}
.results.by-task td>b{color:inherit;font-weight:600}.by-task th[scope=colgroup]{text-align:left}.by-task th[scope=colgroup] span{position:sticky;left:9.5em;display:inline-block}
.by-task td{border-left:1px solid var(--line)}
.digest{overflow-wrap:anywhere}
.results .paper{border-left:3px double var(--line);color:var(--quiet);font-style:italic;white-space:nowrap}
.results th.paper{white-space:normal}
.findings{list-style:none;padding:0;margin:0}
.findings li{display:flex;gap:10px;align-items:baseline;padding:4px 0;max-width:100ch}
.badge{flex:none;display:inline-block;min-width:4.6em;text-align:center;border-radius:99px;padding:1px 9px;font-size:.78rem;font-weight:600}
.badge.warning{background:var(--warn-bg);color:var(--wrong)}.badge.note,.badge.reused{background:var(--note-bg);color:var(--quiet)}
.badge.gain{color:var(--gain);border:1px solid}.badge.loss{color:var(--loss);border:1px solid}
.badge.fine{background:var(--fine-bg);color:var(--right)}
figure{margin:24px 0 32px}figcaption{margin-top:6px}figure svg{display:block;height:auto;max-width:100%;min-width:600px;font-family:inherit}figure.wide svg{min-width:960px}
details{margin:8px 0}summary{cursor:pointer;padding:4px 0}
.example{border:1px solid var(--line);border-radius:8px;padding:6px 14px}
.example .question{font-weight:600;white-space:pre-line}
.cot{font-weight:400;white-space:pre-wrap;min-width:22em;font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.82rem}
.counts{min-width:20em}
.mark{white-space:nowrap;font-weight:600}.mark.right{color:var(--right)}.mark.wrong{color:var(--wrong)}.mark.none{color:var(--quiet)}
.greedy{max-width:none}
pre{background:var(--raised);border:1px solid var(--line);border-radius:8px;padding:14px;overflow:auto;font-size:.82rem;line-height:1.45}
code{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.92em}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px}
dl.facts dd{margin:0}dt{font-weight:600}
button{font:inherit;font-size:.875rem;color:var(--ink);background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:2px 12px;cursor:pointer}
@media(max-width:640px){main,header,footer{padding-left:16px;padding-right:16px}h1{font-size:1.6rem}}
@media print{@page{size:A4 landscape;margin:12mm}body{font-size:10.5pt}details::details-content{content-visibility:visible}
main,header,footer{max-width:none;padding:0}nav,button{display:none}.scroll{overflow:visible}
h2,h3,caption{break-after:avoid}figure,tr,.findings li{break-inside:avoid}thead{display:table-header-group}
table{font-size:7.5pt}.results th,.results td{padding:3px 4px}.results th[scope=row],.results thead tr:last-child th:first-child{position:static;min-width:5em}
figure svg,figure.wide svg{min-width:0;max-width:190mm}figure.wide svg{max-width:100%}pre,.cot{white-space:pre-wrap;overflow-wrap:anywhere;min-width:0}a{color:inherit}}
`.trim();
