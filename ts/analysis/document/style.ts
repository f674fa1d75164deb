/** The report's whole style: a first screen, folded parts, system fonts, light and dark by the reader's setting, and print. */
export const pageStyle = `
:root{color-scheme:light dark;--bar:40px;--ink:#1f2328;--quiet:#59636e;--surface:#fff;--raised:#f6f8fa;--line:#d1d9e0;--edge:#848d97;--accent:#0072b2;
--right:#00614a;--wrong:#a34700;--gain:#0064a0;--loss:#a34700;--warn-bg:#fff1e5;--note-bg:#eef1f4;--fine-bg:#e3f4ee}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--quiet:#9ea9b5;--surface:#0d1117;--raised:#161b22;--line:#30363d;--edge:#6e7681;--accent:#56b4e9;
--right:#3fc79a;--wrong:#f0923b;--gain:#6bbcf0;--loss:#f0923b;--warn-bg:#3a2412;--note-bg:#22272e;--fine-bg:#0f2d25}}
*{box-sizing:border-box}
html{scroll-padding-top:calc(var(--bar) + 8px)}
body{margin:0;background:var(--surface);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main,header,footer{max-width:1880px;margin:0 auto;padding:0 28px}
footer{padding-top:24px;padding-bottom:48px;color:var(--quiet);font-size:.875rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 4px;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1.4rem;margin:48px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--line)}
.report h1{font-size:1.5rem;margin:0}.report h2{font-size:1.15rem;margin:0;padding:0;border:0;display:inline}
h3{font-size:1.05rem;margin:24px 0 8px}
p,li,dd,figcaption{max-width:78ch}
.quiet,.note,figcaption,caption{color:var(--quiet)}
.note,figcaption{font-size:.875rem}
a{color:var(--accent)}
::placeholder{color:var(--quiet);opacity:1}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
.report nav{position:sticky;top:0;z-index:5;background:var(--surface);border-bottom:1px solid var(--line)}
.report nav ol{display:flex;gap:0 18px;padding:0 28px;margin:0 auto;max-width:1880px;height:calc(var(--bar) - 1px);align-items:center;list-style:none;white-space:nowrap;scrollbar-width:thin;font-size:.875rem}
nav li{max-width:none}.report nav a{text-decoration:none;color:var(--quiet)}.report nav a:hover{color:var(--accent);text-decoration:underline}.report nav .name{font-weight:650;color:var(--ink)}
.report header{display:grid;grid-template-columns:minmax(0,1fr) max-content;padding-top:14px}
header .kind{grid-area:1/2;align-self:end;font-size:.8rem}.report header h1{grid-area:1/1}
.report header>:not(h1,.kind){grid-column:1/-1}
.report header p{max-width:none;margin:0}
.lead{color:var(--quiet);font-size:.9rem;max-width:none}
.report header .verdict{font-size:1.12rem;line-height:1.4;font-weight:600;margin:8px 0 2px;padding-left:12px;border-left:5px solid var(--line);max-width:none;text-wrap:pretty;overflow-wrap:anywhere}
.report header .verdict.gain{border-color:var(--gain)}.report header .verdict.loss{border-color:var(--loss)}
header .basis{color:var(--quiet);font-size:.9rem}
.warnings{display:flex;flex-wrap:wrap;gap:6px;list-style:none;margin:8px 0 0;padding:0}.warnings li{max-width:100%}
.warnings a{text-decoration:none}.warnings a:hover{text-decoration:underline}.warnings a::before{content:"⚠ "}
.first{margin-top:6px;display:flex;flex-direction:column}.first>*{min-width:0}
.together{white-space:nowrap}abbr[title]{text-decoration:underline dotted var(--quiet) 1px;text-underline-offset:3px;cursor:help}
dl.words{font-size:.76rem;line-height:1.38;color:var(--quiet);margin:5px 0 2px}.words dt,.words dd{display:inline;margin:0}.words dt{color:var(--ink)}.words dt::after{content:": "}.words dd::after{content:". "}
.about{color:var(--quiet);font-size:.9rem;max-width:none;margin:20px 0 12px}
.board{margin-top:4px}
.switches{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:0 16px;font-size:.82rem;color:var(--quiet)}
.switches legend{float:left;padding:0}.switches label{display:flex;align-items:baseline;max-width:100%;overflow-wrap:anywhere;cursor:pointer}.switches input{margin:0 5px 0 0;position:relative;top:1px;accent-color:var(--accent)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:0 28px}
.tiles figure{margin:6px 0 10px}.report .tiles h2{display:block;margin:2px 0 4px;font-size:.95rem}.tiles figcaption{font-size:.8rem;line-height:1.4;margin-top:2px}
.tiles svg{display:block;width:100%;max-width:560px;height:auto;min-width:0;font-family:inherit;font-variant-numeric:tabular-nums}
.row:hover .hit{fill-opacity:.07}.row:hover .tip{visibility:visible}svg:has(.row:hover) .legend{visibility:hidden}
.part{margin:0;border-top:1px solid var(--line)}.part>summary{padding:9px 0}.part:last-of-type{border-bottom:1px solid var(--line)}
.part>section{padding:2px 0 28px}.part>section>h3:first-child{margin-top:4px}
.scroll,.report nav ol{overflow-x:auto;background:linear-gradient(90deg,var(--surface) 30%,transparent) 0 0/44px 100% no-repeat local,linear-gradient(270deg,var(--surface) 30%,transparent) 100% 0/44px 100% no-repeat local,
radial-gradient(farthest-side at 0 50%,#7b879466,transparent) 0 0/14px 100% no-repeat scroll,radial-gradient(farthest-side at 100% 50%,#7b879466,transparent) 100% 0/14px 100% no-repeat scroll}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;margin:8px 0 16px}
caption{text-align:left;padding:4px 0 8px;max-width:100ch}
th,td{padding:7px 10px;border-bottom:1px solid var(--line);vertical-align:top;text-align:right}
th[scope=row],.text,th:first-child{text-align:left}
thead th{vertical-align:bottom;font-weight:600}
th[scope=colgroup]{text-align:center;border-left:1px solid var(--line);background:var(--raised)}
tbody tr:hover{background:var(--raised)}
table.grid th,table.grid td{padding:2px 10px}table.grid th:first-child{padding-left:0}
td small{margin-left:6px;color:var(--quiet)}.results td small{margin-left:0}
.glance{margin:0;width:100%}.glance caption{padding:2px 0;font-size:.8rem;max-width:none}
.glance th,.glance td{padding:3px 10px;white-space:nowrap}.glance thead th{white-space:normal;line-height:1.25;padding-top:0;text-wrap:balance}
.glance th[scope=row]{white-space:normal;min-width:13em;max-width:22em;overflow-wrap:anywhere}
.glance th:first-child{padding-left:0}.glance small{display:inline-block;min-width:8.2em;margin-left:8px;color:var(--quiet);text-align:left}.glance .baseline>*{background:var(--raised)}.glance .badge{line-height:1.3}
.results th[scope=row]{position:sticky;left:0;background:var(--surface);min-width:8.5em;z-index:1}
.results thead tr:last-child th:first-child{position:sticky;left:0;background:var(--surface);z-index:1}
.results td small,.paper small{display:block;color:var(--quiet);white-space:nowrap}
.results th,.results td{padding:7px 8px}
.results thead tr:nth-child(2) th{max-width:7.2em}
.results .baseline td,.results .baseline th{background:var(--raised)}
td.gain:not(:has(.difference))>b{color:var(--gain)}td.loss:not(:has(.difference))>b{color:var(--loss)}td.unclear:not(:has(.difference))>b{color:var(--quiet);font-weight:400}
.results thead small{display:block;color:var(--quiet);font-weight:400}
.results td small.difference{color:var(--ink);margin-top:3px;font-weight:600}.results td.gain small.difference{color:var(--gain)}.results td.loss small.difference{color:var(--loss)}.results td.unclear small.difference{color:var(--quiet);font-weight:400}
.by-task th[scope=colgroup]{text-align:left}.by-task th[scope=colgroup] span{position:sticky;left:9.5em;display:inline-block}
.by-task td{border-left:1px solid var(--line)}
.digest{overflow-wrap:anywhere}
.results .paper{border-left:3px double var(--line);color:var(--quiet);font-style:italic;white-space:nowrap}
.results th.paper{white-space:normal}
.findings{list-style:none;padding:0;margin:0}
.findings li{display:flex;gap:10px;align-items:baseline;padding:4px 0;max-width:100ch}
.badge{flex:none;display:inline-block;min-width:4.6em;text-align:center;border-radius:99px;padding:1px 9px;font-size:.78rem;font-weight:600}
.findings .badge{min-width:6em}
.badge.warning{background:var(--warn-bg);color:var(--wrong)}.badge.note,.badge.reused{background:var(--note-bg);color:var(--quiet)}
.badge.gain{color:var(--gain);box-shadow:inset 0 0 0 1px}.badge.loss{color:var(--loss);box-shadow:inset 0 0 0 1px}
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
dl.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 20px}
dl.facts dd{margin:0;overflow-wrap:anywhere}dt{font-weight:600}
button{font:inherit;font-size:.875rem;color:var(--ink);background:var(--raised);border:1px solid var(--edge);border-radius:6px;padding:2px 12px;cursor:pointer}
@media screen and (min-width:900px){.report header .lead{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}}
@media screen and (min-width:1500px){.part>section>ul{columns:2;column-gap:48px}.part>section>ul>li{break-inside:avoid;max-width:none}
.part>section>figure{display:inline-block;vertical-align:top;width:min(100%,calc(50% - 20px));margin-right:16px}.part>section>figure.wide{display:block;width:auto}}
@media screen and (max-width:760px){caption{max-width:calc(100vw - 40px)}main,header,footer,.report nav ol{padding-left:16px;padding-right:16px}.report header{display:block}.report header .verdict{font-size:1.05rem}
dl.facts{display:block}dl.facts dd{margin:0 0 10px}
.badge{white-space:normal;border-radius:12px;text-align:left;min-width:0}.findings li{display:block}
.first .board{order:-2}.first .words{order:-1}header .kind{display:none}
.glance,.glance tbody,.glance caption{display:block}.glance thead{display:none}
.glance tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(158px,1fr));gap:6px 14px;padding:9px 0;border-bottom:1px solid var(--line)}
.glance th[scope=row]{grid-column:1/-1;padding:0 5.2em 0 0;border:0;font-size:.95rem;max-width:none}.glance td{display:block;padding:0;border:0;text-align:left}.glance td:empty{display:none}.glance tr{position:relative}.glance td.text{position:absolute;right:0;top:10px}.glance td.text::before{content:none!important}
.glance td::before{content:attr(data-head);display:block;font-size:.72rem;color:var(--quiet);white-space:normal}.glance small{min-width:0}.glance .baseline>*{background:none}}
@media print{@page{size:A4 landscape;margin:12mm}body{font-size:10.5pt}details::details-content{content-visibility:visible;display:block}
main,header,footer{max-width:none;padding:0}nav,button,.switches{display:none}abbr[title]{text-decoration:none}.scroll{overflow:visible;background:none}
h2,h3,caption,summary{break-after:avoid}figure,tr,.findings li{break-inside:avoid}thead{display:table-header-group}summary{list-style:none}
.tiles{grid-template-columns:repeat(3,minmax(0,1fr));gap:0 16px}.tiles figcaption{font-size:7.5pt}.first .board{order:-1}.glance{font-size:8.5pt}.report header{padding-top:0}.report header .verdict{font-size:12pt}.report header .basis,.report header .lead{font-size:9pt}
table{font-size:7.5pt}.results th,.results td{padding:3px 4px}.results th[scope=row],.results thead tr:last-child th:first-child{position:static;min-width:5em}
figure svg,figure.wide svg{min-width:0;max-width:190mm}figure.wide svg{max-width:100%}pre,.cot{white-space:pre-wrap;overflow-wrap:anywhere;min-width:0}a{color:inherit}}
`.trim();
